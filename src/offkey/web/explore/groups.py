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
    """Adjacent bands in which two groups differ in the same direction.

    Parameters
    ----------
    low_hz, high_hz : float
        Lower and upper end.
    difference_db : float
        Mean of the second group less that of the first.
    effect : float
        The same in pooled standard deviations between clips: Cohen's d, the mean over the bands.
    """

    low_hz: float
    high_hz: float
    difference_db: float
    effect: float


@dataclass(frozen=True)
class GroupComparison:
    """Two groups of clips.

    Parameters
    ----------
    n : (int, int)
        Clips of each group.
    mean : (ndarray, ndarray), each of shape (bands,)
        Mean over the clips of their mean spectra, in dB.
    deviation : (ndarray, ndarray), each of shape (bands,)
        Standard deviation between clips, in dB.
    bands : list of BandDifference
        Where they differ most, the greatest effect first.
    """

    n: tuple[int, int]
    mean: tuple[NDArray[np.float64], NDArray[np.float64]]
    deviation: tuple[NDArray[np.float64], NDArray[np.float64]]
    bands: list[BandDifference]


def compare_groups(
    first: NDArray[np.float32], second: NDArray[np.float32], bands_hz: NDArray[np.float64]
) -> GroupComparison | None:
    """Compare the mean spectra of two groups.

    Bands are ranked by Cohen's d (Cohen, *Statistical Power Analysis for the Behavioral Sciences*, 2nd
    edition, 1988, section 2.2): a difference counts by how much clips of one group vary among themselves.

    Parameters
    ----------
    first, second : ndarray of float32, shape (clips, bands)
        Mean spectra in dB; rows that are NaN are left out.
    bands_hz : ndarray, shape (bands, 2)
        Ends of the bands.

    Returns
    -------
    GroupComparison or None
        None if a group has no clip that was measured.
    """
    groups = [group[np.isfinite(group[:, 0])].astype(np.float64) for group in (first, second)]
    if not all(len(group) for group in groups):
        return None
    (mean_a, mean_b), (std_a, std_b) = ([g.mean(axis=0) for g in groups], [g.std(axis=0) for g in groups])
    n_a, n_b = len(groups[0]), len(groups[1])
    pooled = np.sqrt((n_a * std_a**2 + n_b * std_b**2) / (n_a + n_b))
    difference = mean_b - mean_a
    effect = difference / np.maximum(pooled, _LEAST_DB)
    found = [
        BandDifference(
            float(bands_hz[run.start, 0]),
            float(bands_hz[run.stop - 1, 1]),
            float(difference[run].mean()),
            float(effect[run].mean()),
        )
        for run in _runs(effect, difference)
    ]
    found.sort(key=lambda band: abs(band.effect), reverse=True)
    return GroupComparison((n_a, n_b), (mean_a, mean_b), (std_a, std_b), found[:_MOST_BANDS])


def _runs(effect: NDArray[np.float64], difference: NDArray[np.float64]) -> list[slice]:
    """Return runs of adjacent bands whose effect is of one sign and at least half of the greatest."""
    limit = _SHARE * float(np.abs(effect).max())
    signs = np.where((np.abs(effect) >= limit) & (np.abs(difference) >= _LEAST_DB), np.sign(effect), 0)
    edges = np.flatnonzero(np.diff(signs, prepend=0, append=0))
    return [slice(int(a), int(b)) for a, b in pairwise(edges) if signs[a] != 0]
