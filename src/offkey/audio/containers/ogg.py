"""OGG: the last page of a stream says so (S. Pfeiffer, "The Ogg Encapsulation Format Version 0", RFC 3533, 2003)."""

from __future__ import annotations

import os
from typing import BinaryIO

from offkey.audio.containers.promise import ContainerError, Promise

__all__ = ["read_ogg"]

_PAGE = b"OggS\0"
_HEADER = 27
_LARGEST = _HEADER + 255 + 255 * 255
_END = 4  # flag of the last page


def read_ogg(file: BinaryIO, head: bytes) -> Promise | None:
    """Return where the last page of an OGG file ends.

    Raises
    ------
    ContainerError
        If the last page does not end the stream.
    """
    length = file.seek(0, os.SEEK_END)
    tail_start = max(0, length - 2 * _LARGEST)
    file.seek(tail_start)
    tail = file.read(2 * _LARGEST)
    at = tail.rfind(_PAGE)
    while at >= 0 and not _is_whole_header(tail, at):
        at = tail.rfind(_PAGE, 0, at)
    if at < 0:
        return None
    segments = tail[at + _HEADER : at + _HEADER + tail[at + 26]]
    size = _HEADER + len(segments) + sum(segments)
    if tail_start + at + size <= length and not tail[at + 5] & _END:
        raise ContainerError("is truncated: its last page does not end the stream; record or copy it again.")
    return Promise(tail_start + at, size)


def _is_whole_header(tail: bytes, at: int) -> bool:
    return len(tail) > at + 26 and tail[at + 5] < 8 and len(tail) >= at + _HEADER + tail[at + 26]
