"""The colours of spectrograms: from dark to light without a jump, the same on the server and on the page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["PALETTE", "STOPS"]

STOPS = ("#0b0c1e", "#1d1a52", "#4a1f7c", "#8a2a81", "#c83e73", "#f2695c", "#fcab6a", "#fcedbf")
"""Colours at even steps from the lowest level to the highest, rising in lightness."""


def _palette() -> NDArray[np.uint8]:
    colours = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in STOPS])
    at = np.linspace(0, len(STOPS) - 1, 256)
    channels = [np.interp(at, np.arange(len(STOPS)), colours[:, k]) for k in range(3)]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


PALETTE: NDArray[np.uint8] = _palette()
"""Shape (256, 3), red, green and blue."""
