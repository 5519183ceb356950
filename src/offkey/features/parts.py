"""The parts of a feature vector that can be kept or left out: bands and named statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FeaturePart", "band_parts"]


class FeaturePart(NamedTuple):
    """A part of a feature vector, which the parameter `keep` of a front end can name.

    `low_hz`, `high_hz`: its ends in Hz; None if it is no range of frequencies.
    """

    keep: int | str
    name: str  # what it is, in words, such as ``"band 3"``
    low_hz: float | None
    high_hz: float | None
    columns: tuple[int, ...]  # where it stands in the vector: one column per block


def band_parts(
    kept: Sequence[int], n_blocks: int, edges_hz: NDArray[np.float64] | None, *, word: str = "band"
) -> list[FeaturePart]:
    """Return the parts of a vector that is blocks of bands.

    `edges_hz`: shape (n_bands, 2); ends of every band, also of those that are not kept.
    """
    parts = []
    for place, band in enumerate(kept):
        low, high = (None, None) if edges_hz is None else edges_hz[band].tolist()
        columns = tuple(place + block * len(kept) for block in range(n_blocks))
        parts.append(FeaturePart(band, f"{word} {band}", low, high, columns))
    return parts
