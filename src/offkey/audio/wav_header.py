"""What a WAV file's own header promises, to tell a truncated file from a short one.

The decoder reads as much sound as there is and keeps silent about the rest, so the promise has to be
read here: Microsoft & IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF),
and EBU Tech 3306 (RF64, whose sizes stand in a ``ds64`` chunk).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

__all__ = ["missing_bytes"]

_UNKNOWN = 0xFFFFFFFF
"""Size that programs writing to a pipe leave in the header."""


def missing_bytes(file: BinaryIO) -> int:
    """Return how many bytes of sound the header of a WAV file promises beyond the end of the file.

    Parameters
    ----------
    file : binary file
        Any file, read from its start.

    Returns
    -------
    int
        0 if nothing is missing, the size is left open, or the file is no WAV file.
    """
    head = file.read(12)
    if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
        return 0
    promised = _data_end(file)
    return max(0, promised - file.seek(0, 2))


def _data_end(file: BinaryIO) -> int:
    """Return the offset at which the data chunk should end, 0 if it is unknown."""
    long_size = 0
    while len(chunk := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", chunk)
        if name == b"data":
            size = long_size if size == _UNKNOWN else size
            return int(file.tell() + size) if size else 0
        if name == b"ds64" and len(body := file.read(16)) == 16:
            long_size = struct.unpack("<8xQ", body)[0]
            size -= 16
        file.seek(size + size % 2, 1)
    return 0
