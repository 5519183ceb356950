"""VOC: blocks with a type and a size of 24 bits ("Creative Voice File Format", in Creative Labs' Developer Kit)."""

from __future__ import annotations

from typing import BinaryIO

from offkey.audio.containers.promise import Promise

__all__ = ["read_voc"]

_MOST = 4096  # blocks that are looked at
_END = 0  # type of the block that ends the file, which has no size


def read_voc(file: BinaryIO, head: bytes) -> Promise | None:
    """Return where the last block of a VOC file ends; a block of size 0 is open."""
    file.seek(20)
    first = at = int.from_bytes(file.read(2), "little")
    for _ in range(_MOST):
        file.seek(at)
        block = file.read(4)
        if len(block) < 4 or block[0] == _END:
            break
        size = int.from_bytes(block[1:], "little")
        if size == 0:
            return None
        at += 4 + size
    return Promise(first, at - first) if first else None
