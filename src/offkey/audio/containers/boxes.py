"""Containers of phones and browsers: MP4 and 3GP, WebM and Matroska, ASF.

ISO/IEC 14496-12 (boxes); RFC 8794 and 9559 (EBML, Matroska); Microsoft, "Advanced Systems Format Specification".
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from offkey.audio.containers.chunks import ASF
from offkey.audio.containers.promise import ContainerError, Promise

__all__ = ["read_asf", "read_matroska", "read_mp4"]

_MOST = 4096
_SEGMENT = 0x18538067
_ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")


def read_mp4(file: BinaryIO, head: bytes) -> Promise | None:
    """Return where the last box of an MP4 file ends."""
    length, at, names = file.seek(0, os.SEEK_END), 0, set()
    for _ in range(_MOST):
        file.seek(at)
        if len(header := file.read(16)) < 8:
            break
        size, name = struct.unpack_from(">I4s", header)
        if size == 1 and len(header) == 16:
            size = struct.unpack_from(">Q", header, 8)[0]
        names.add(name)
        at = length if size == 0 else at + max(size, 8)
    if at <= length and b"moov" not in names:
        raise ContainerError(
            "was not closed by what recorded it: the box moov, which says where its sound is, is missing."
        )
    return Promise(0, at)


def read_matroska(file: BinaryIO, head: bytes) -> Promise | None:
    """Return where the segment of a WebM or Matroska file ends; recorders that never went back leave it open."""
    file.seek(4)
    size = _vint(file, marked=False)
    if size is None:
        return None
    file.seek(size, os.SEEK_CUR)
    if _vint(file, marked=True) != _SEGMENT:
        return None
    size = _vint(file, marked=False)
    return Promise(file.tell(), size)


def _vint(file: BinaryIO, *, marked: bool) -> int | None:
    """Read a number of variable length, with the bit that marks its length or without; None if all bits are set."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    width = 9 - first[0].bit_length()
    number = int.from_bytes(first + file.read(width - 1), "big")
    if marked:
        return number
    number &= (1 << 7 * width) - 1
    return None if number == (1 << 7 * width) - 1 else number


def read_asf(file: BinaryIO, head: bytes) -> Promise | None:
    """Return where the data of an ASF file end; a stream that was never closed has no size."""
    for chunk in ASF.chunks(file):
        if chunk.name == _ASF_DATA:
            return Promise(chunk.start, chunk.size) if chunk.size > 0 else None
    return None
