"""WAV in its forms: RIFF, RIFX, RF64, BW64 and W64.

Microsoft & IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, and RIFX with the most
significant byte first); EBU Tech 3306 (RF64) and ITU-R BS.2088 (BW64), whose sizes stand in a ``ds64`` chunk; Sonic
Foundry, "Wave 64", with names of 16 bytes and sizes of 64 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

from offkey.audio.containers.chunks import RIFF, RIFX, W64, Grammar
from offkey.audio.containers.promise import Form, Promise

__all__ = ["read_riff", "read_w64"]

_IN_DS64 = 0xFFFFFFFF
_W64_NAME = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # what follows the first four letters
_EXTENSIBLE = 0xFFFE
_OPEN = 1 << 62
_SUBTYPES = {
    (1, 8): "PCM_U8",
    (1, 16): "PCM_16",
    (1, 24): "PCM_24",
    (1, 32): "PCM_32",
    (3, 32): "FLOAT",
    (3, 64): "DOUBLE",
    (6, 8): "ALAW",
    (7, 8): "ULAW",
}


def read_riff(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what a RIFF, RIFX, RF64 or BW64 file promises, None if it holds no sound."""
    if head[8:12] != b"WAVE":
        return None
    grammar = RIFX if head[:4] == b"RIFX" else RIFF
    return _read(file, grammar, ">" if grammar is RIFX else "<", lambda name: name)


def read_w64(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what a W64 file promises, None if it holds no sound."""
    return _read(file, W64, "<", lambda name: name[:4] if name[4:] == _W64_NAME else b"")


def _read(file: BinaryIO, grammar: Grammar, order: str, short: Callable[[bytes], bytes]) -> Promise | None:
    form, frame, long_size = None, 1, 0
    for chunk in grammar.chunks(file):
        name = short(chunk.name)
        if name == b"ds64" and len(body := file.read(16)) == 16:
            long_size = struct.unpack("<8xQ", body)[0]
        elif name == b"fmt ":
            form, frame = _form(file.read(min(max(chunk.size, 0), 40)), order)
        elif name == b"data":
            size = long_size if grammar is RIFF and chunk.size == _IN_DS64 else max(chunk.size, 0)
            return Promise(chunk.start, None if size >= _OPEN else size, form, frame, grammar.is_chunks)
    return None


def _form(body: bytes, order: str) -> tuple[Form | None, int]:
    """Return how samples are written, None if they are compressed, and the bytes of a frame or block."""
    if len(body) < 16:
        return None, 1
    tag, channels, rate, block, bits = struct.unpack_from(order + "HHI4xHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = struct.unpack_from(order + "H", body, 24)[0]
    subtype = _SUBTYPES.get((tag, bits))
    if subtype is None or channels == 0 or rate == 0 or block != channels * bits // 8:
        return None, max(block, 1)
    return Form(rate, channels, subtype, "BIG" if order == ">" else "LITTLE", block), block
