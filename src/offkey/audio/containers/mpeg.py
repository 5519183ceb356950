"""MP3: the first frame of most files holds the number of bytes.

G. Bouvigne, "MP3 Info Tag revision 1" (Xing and Info; flags, frames, bytes), and Fraunhofer's VBRI; ID3v2 tags stand
before the first frame ("ID3 tag version 2.4.0").
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from offkey.audio.containers.promise import Promise

__all__ = ["read_mpeg"]

_XING_AT = {(True, False): 36, (True, True): 21, (False, False): 21, (False, True): 13}  # by MPEG 1 and mono
_VBRI_AT = 36
_HAS_FRAMES, _HAS_BYTES = 1, 2
_TAGS = (b"TAG", b"APETAGEX", b"LYRICS", b"ID3")


def _frames_start(file: BinaryIO, head: bytes) -> int:
    """Return the offset behind the ID3v2 tags that a file starts with."""
    at = 0
    while head[:3] == b"ID3" and len(head) >= 10:
        size = 0
        for byte in head[6:10]:  # seven bits a byte
            size = size << 7 | byte & 0x7F
        at += 10 + size
        file.seek(at)
        head = file.read(10)
    return at


def read_mpeg(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what the first frame of an MP3 file promises, None if it is no frame or promises nothing."""
    start = _frames_start(file, head)
    file.seek(start)
    frame = file.read(192)
    if len(frame) < 64 or not _is_frame(frame):
        return None
    at = _XING_AT[bool(frame[1] & 0x08), frame[3] >> 6 == 3]
    if frame[at : at + 4] in (b"Xing", b"Info"):
        flags = struct.unpack_from(">I", frame, at + 4)[0]
        size = struct.unpack_from(">I", frame, at + (12 if flags & _HAS_FRAMES else 8))[0] if flags & _HAS_BYTES else 0
    elif frame[_VBRI_AT : _VBRI_AT + 4] == b"VBRI":
        size = struct.unpack_from(">I", frame, _VBRI_AT + 10)[0]
    else:
        return None
    return Promise(start, size, is_other=_is_no_frame) if size else None


def _is_frame(head: bytes) -> bool:
    """Tell whether bytes are the header of a frame of MPEG audio."""
    return head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0


def _is_no_frame(file: BinaryIO, start: int, length: int) -> bool:
    file.seek(start)
    behind = file.read(4)
    return behind.startswith(_TAGS) or not _is_frame(behind)
