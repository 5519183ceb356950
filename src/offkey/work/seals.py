"""Seals: digests by which what offkey kept for itself is known to be whole, and to belong where it lies.

A seal is of the content and of what it is kept as, so that neither a flipped bit nor a part of another run is taken for
what was written. It holds off accidents, not people who know how it is made.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["SEAL_BYTES", "json_seal", "seal_of"]

SEAL_BYTES = 16


def seal_of(*parts: str | bytes) -> bytes:
    """Return the seal of what something is kept as and of its content: ``("a", "b")`` has another than ``("ab",)``."""
    digest = hashlib.blake2b(digest_size=SEAL_BYTES)
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.digest()


def json_seal(content: Any, *about: str) -> str:
    """Return the seal of a JSON value and of what it is kept as, in hexadecimal."""
    return seal_of(*about, json.dumps(content, sort_keys=True)).hex()
