"""Small PNG images without an imaging library (W3C, "Portable Network Graphics", 3rd edition, 2025)."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["grey_png", "palette_png"]


def grey_png(levels: NDArray[np.uint8]) -> bytes:
    """Return an image of grey levels, shape (height, width)."""
    return _png(levels, colour_type=0)


def palette_png(levels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return an image, shape (height, width), whose levels are rows of a palette, shape (256, 3)."""
    return _png(levels, colour_type=3, palette=palette.astype(np.uint8).tobytes())


def _png(levels: NDArray[np.uint8], *, colour_type: int, palette: bytes = b"") -> bytes:
    height, width = levels.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = levels
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)),
            _chunk(b"PLTE", palette) if palette else b"",
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
