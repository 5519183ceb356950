"""OGG: pages, the last of which says that it ends the stream.

S. Pfeiffer, "The Ogg Encapsulation Format Version 0", RFC 3533, 2003, section 6.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from offkey.audio.containers.promise import ContainerError

__all__ = ["read_ogg"]

_HEADER = 27
_FLAGS, _SEGMENTS = 5, 26  # where they stand in the header of a page
_FIRST, _LAST = 2, 4  # flags of the first and the last page of a stream


def read_ogg(file: BinaryIO, head: bytes) -> None:
    """Look whether an OGG file is whole; it promises no number of bytes."""
    length = file.seek(0, os.SEEK_END)
    end, flags, begun = 0, 0, False
    file.seek(0)
    while len(page := file.read(_HEADER)) == _HEADER and page.startswith(b"OggS\0"):
        flags = page[_FLAGS]
        if flags & _FIRST and begun:
            raise ContainerError(
                "holds several streams one after another, of which a decoder reads the first alone: "
                "convert it to WAV with: ffmpeg -i IN.ogg OUT.wav"
            )
        begun = not flags & _FIRST  # streams side by side begin together
        sizes = file.read(page[_SEGMENTS])
        end += _HEADER + page[_SEGMENTS] + sum(sizes)
        file.seek(end)
    if not flags & _LAST or end > length:
        raise ContainerError("is truncated: its last page does not end the stream; record or copy it again.")
