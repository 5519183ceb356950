"""NIST SPHERE, often named .wav: a header of text lines that counts samples ("SPHERE 2.7 User's Guide", NIST)."""

from __future__ import annotations

import re
from typing import BinaryIO

from offkey.audio.containers.promise import Promise

__all__ = ["read_nist"]

_LONGEST = 1 << 16
_FIELD = re.compile(rb"^(sample_count|channel_count|sample_n_bytes) -i (\d{1,12})\s*$", re.MULTILINE)


def read_nist(file: BinaryIO, head: bytes) -> Promise | None:
    """Return what a NIST SPHERE file promises, None if its header does not count samples, or they are compressed."""
    size = head[8:16].strip()
    if not size.isdigit() or not 16 <= int(size) <= _LONGEST:
        return None
    file.seek(0)
    header = file.read(int(size))
    fields = {name: int(value) for name, value in _FIELD.findall(header)}
    count = fields.get(b"sample_count")
    if count is None or b"shorten" in header:
        return None
    frame = fields.get(b"channel_count", 1) * fields.get(b"sample_n_bytes", 2)
    return Promise(int(size), count * frame, frame=frame, is_other=lambda file, start, length: False)
