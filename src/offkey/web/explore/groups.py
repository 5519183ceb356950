"""Average spectra of two groups of clips, and the bands in which they differ most."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["BandDifference", "GroupComparison", "compare_groups"]

_MOST_BANDS = 4
_SHARE = 0.5  # of the greatest effect; a run of bands above it is one difference
_LEAST_DB = 0.1


@dataclass(frozen=True)
class BandDifference:
    """Adjacent bands in which two groups differ in the same direction."""

    low_hz: float
    high_hz: float
    difference_db: float  # mean of the second group less that of the first
    effect: float  # the same in pooled standard deviations between clips, Cohen's d, mean over the bands


@dataclass(frozen=True)
class GroupComparison:
    """Two groups of clips; arrays have shape (bands,) for each group."""

    n: tuple[int, int]
    mean: tuple[NDArray[np.float64], NDArray[np.float64]]  # of the clips' mean spectra, dB
    deviation: tuple[NDArray[np.float64], NDArray[np.float64]]  # between clips, dB
    bands: list[BandDifference]  # the greatest effect first


def compare_groups(
    first: NDArray[np.float32], second: NDArray[np.float32], bands_hz: NDArray[np.float64]
) -> GroupComparison | None:
    """Compare the mean spectra (clips, bands) of two groups in dB; None if a group has no measured clip.

    Bands are ranked by Cohen's d (Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 2nd
    edition, 1988, section 2.2): a difference relative to clip-to-clip variation. Rows that are NaN are left out.
    """
    groups = [group[np.isfinite(group[:, 0])].astype(np.float64) for group in (first, second)]
    if not all(len(group) for group in groups):
        return None
    (mean_a, mean_b), (std_a, std_b) = ([g.mean(axis=0) for g in groups], [g.std(axis=0) for g in groups])
    n_a, n_b = len(groups[0]), len(groups[1])
    pooled = np.sqrt((n_a * std_a**2 + n_b * std_b**2) / (n_a + n_b))
    difference = mean_b - mean_a
    effect = difference / np.maximum(pooled, _LEAST_DB)
    bands = [
        BandDifference(
            float(bands_hz[run.start, 0]),
            float(bands_hz[run.stop - 1, 1]),
            float(difference[run].mean()),
            float(effect[run].mean()),
        )
        for run in _runs(effect, difference)
    ]
    bands.sort(key=lambda band: abs(band.effect), reverse=True)
    return GroupComparison((n_a, n_b), (mean_a, mean_b), (std_a, std_b), bands[:_MOST_BANDS])


def _runs(effect: NDArray[np.float64], difference: NDArray[np.float64]) -> list[slice]:
    """Return runs of adjacent bands whose effect is of one sign and at least half of the greatest."""
    limit = _SHARE * float(np.abs(effect).max())
    signs = np.where((np.abs(effect) >= limit) & (np.abs(difference) >= _LEAST_DB), np.sign(effect), 0)
    edges = np.flatnonzero(np.diff(signs, prepend=0, append=0))
    return [slice(int(a), int(b)) for a, b in pairwise(edges) if signs[a] != 0]
