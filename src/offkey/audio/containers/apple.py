"""AIFF, AIFF-C and CAF.

Apple, "Audio Interchange File Format: AIFF", 1989, and "AIFF-C", 1991: the chunk COMM counts frames, SSND bytes, and
both must be there. Apple, "Core Audio Format Specification 1.0": a data chunk of size -1 is open.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from offkey.audio.containers.chunks import AIFF, CAF
from offkey.audio.containers.promise import Form, Promise

__all__ = ["read_aiff", "read_caf"]

_INTEGERS = {8: "PCM_S8", 16: "PCM_16", 24: "PCM_24", 32: "PCM_32"}
_AIFC = {b"fl32": "FLOAT", b"fl64": "DOUBLE", b"ulaw": "ULAW", b"alaw": "ALAW"}
_FLOAT, _LITTLE = 1, 2  # flags of CAF's lpcm
_NEVER_WRITTEN = 0x7FFF0000


def read_aiff(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what an AIFF or AIFF-C file promises, None if it holds no sound."""
    if head[8:12] not in (b"AIFF", b"AIFC"):
        return None
    form, frames = None, 0
    for chunk in AIFF.chunks(file):
        if chunk.name == b"COMM" and len(body := file.read(min(chunk.size, 22))) >= 18:
            frames, form = struct.unpack_from(">I", body, 2)[0], _aiff_form(body)
        elif chunk.name == b"SSND" and len(body := file.read(8)) == 8:
            offset = struct.unpack_from(">I", body)[0]
            sizes = [max(0, chunk.size - 8 - offset)]
            if form is not None and frames < _NEVER_WRITTEN and sizes[0] < _NEVER_WRITTEN:
                sizes.append(frames * form.frame)
            return Promise(chunk.start + 8 + offset, max(sizes), form, form.frame if form else 1, AIFF.is_chunks)
    return None


def _aiff_form(body: bytes) -> Form | None:
    channels, bits = struct.unpack_from(">H4xH", body)
    exponent, mantissa = struct.unpack_from(">HQ", body, 8)  # a float of 80 bits
    rate = mantissa >> (16446 - exponent) if 16383 <= exponent <= 16446 else 0
    kind = body[18:22]
    subtype = _AIFC.get(kind.lower()) if kind.lower() not in (b"", b"none", b"twos", b"sowt") else None
    if subtype is None and kind.lower() in (b"", b"none", b"twos", b"sowt"):
        subtype = _INTEGERS.get(bits)
    if subtype is None or channels == 0 or rate == 0:
        return None
    width = {"FLOAT": 4, "DOUBLE": 8, "ULAW": 1, "ALAW": 1}.get(subtype, bits // 8)
    return Form(rate, channels, subtype, "LITTLE" if kind == b"sowt" else "BIG", channels * width)


def read_caf(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what a CAF file promises, None if it holds no sound."""
    form, frame = None, 1
    for chunk in CAF.chunks(file):
        if chunk.name == b"desc" and len(body := file.read(32)) == 32:
            form, frame = _caf_form(body)
        elif chunk.name == b"data":  # four bytes count edits
            size = None if chunk.size < 0 else max(0, chunk.size - 4)
            return Promise(chunk.start + 4, size, form, frame, CAF.is_chunks)
    return None


def _caf_form(body: bytes) -> tuple[Form | None, int]:
    rate, kind, flags, packet, _, channels, bits = struct.unpack(">d4sIIIII", body)
    subtype = {b"ulaw": "ULAW", b"alaw": "ALAW"}.get(kind)
    if kind == b"lpcm":
        subtype = {32: "FLOAT", 64: "DOUBLE"}.get(bits) if flags & _FLOAT else _INTEGERS.get(bits)
    if subtype is None or not 1 <= rate < 1 << 31 or packet == 0 or packet != channels * bits // 8:
        return None, max(packet, 1)
    return Form(round(rate), channels, subtype, "LITTLE" if flags & _LITTLE else "BIG", packet), packet
