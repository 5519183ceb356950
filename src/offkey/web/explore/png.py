"""Pictures that are data: levels as the grey, or the colours, of a PNG image."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["grey_png", "palette_png"]


def grey_png(levels: NDArray[np.uint8]) -> bytes:
    """Return an image of grey levels, shape (height, width)."""
    return _png(Image.fromarray(levels))


def palette_png(levels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return an image, shape (height, width), whose levels are rows of a palette, shape (256, 3)."""
    image = Image.fromarray(levels).convert("P")
    image.putpalette(palette.astype(np.uint8).tobytes())
    return _png(image)


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, format="png")
    return content.getvalue()
