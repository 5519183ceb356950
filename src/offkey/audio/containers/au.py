"""AU, in both orders of bytes: NeXT and Sun, "The AU audio file format", 1992; a size of 0xffffffff is open."""

from __future__ import annotations

import struct
from typing import BinaryIO

from offkey.audio.containers.promise import Form, Promise

__all__ = ["read_au"]

_ENCODINGS = {
    1: ("ULAW", 1),
    2: ("PCM_S8", 1),
    3: ("PCM_16", 2),
    4: ("PCM_24", 3),
    5: ("PCM_32", 4),
    6: ("FLOAT", 4),
    7: ("DOUBLE", 8),
    27: ("ALAW", 1),
}


def read_au(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what an AU file promises, None if its header breaks off."""
    order = ">" if head[:4] == b".snd" else "<"
    file.seek(4)
    if len(body := file.read(20)) < 20:
        return None
    start, size, encoding, rate, channels = struct.unpack(order + "5I", body)
    subtype, width = _ENCODINGS.get(encoding, (None, 1))
    form = None
    if subtype is not None and channels and rate:
        form = Form(rate, channels, subtype, "BIG" if order == ">" else "LITTLE", channels * width)
    return Promise(start, size, form, form.frame if form else 1, lambda file, start, length: False)
