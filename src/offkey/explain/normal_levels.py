"""The levels that a clip would have if it were normal, and its deviations from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.model.reference import AT, Reference, profile

__all__ = ["NormalLevels", "deviations", "own_deviations", "with_quantiles"]

Levels = NDArray[np.float32]

_ALIKE = 5
_LEAST_DB = 0.5  # standard deviation; less would be an accident of few clips
_OWN_LEAST_DB = 2.0
_NORMAL = 1.4826  # standard deviation of a normal distribution by its median absolute deviation


class NormalLevels:
    """The levels of normal clips, with which those of other clips are compared.

    A moment is compared with the moments of the same rank in the most similar normal clips, band by band: the loudest
    with the loudest, the median with the median. So neither the strokes of a machine nor their times are a deviation.
    The standard deviation is that of the same comparison of each normal clip with the others.

    `reference`: the normal clips of a model.
    """

    def __init__(self, reference: Reference) -> None:
        self._profiles = profiles = reference.profiles.astype(np.float32)
        left_out = [
            own - _expected(own, np.delete(profiles, row, axis=0))
            for row, own in enumerate(profiles)
            if len(profiles) > 1
        ]
        spread = np.sqrt(np.mean(np.square(left_out), axis=0)) if left_out else np.zeros_like(profiles[0])
        self._spread = np.maximum(spread, _LEAST_DB)

    def deviations(self, levels: Levels) -> Levels:
        """Return how many standard deviations each band and moment of a clip lies from normal, (n_bands, n_frames).

        `levels`: of the clip, in dB, (n_bands, n_frames).
        """
        expected = with_quantiles(levels, _expected(profile(levels), self._profiles))
        away: Levels = (levels - expected) / with_quantiles(levels, self._spread)
        return away


def deviations(levels: Levels, reference: Reference) -> Levels:
    """Return how many standard deviations each band and moment of a clip lies from normal; see `NormalLevels`."""
    return NormalLevels(reference).deviations(levels)


def own_deviations(levels: Levels) -> Levels:
    """Return how many standard deviations each band and moment lies from the clip's own median of that band."""
    middle = np.median(levels, axis=1, keepdims=True)
    spread = _NORMAL * np.median(np.abs(levels - middle), axis=1, keepdims=True)
    away: Levels = (levels - middle) / np.maximum(spread, _OWN_LEAST_DB)
    return away


def with_quantiles(levels: Levels, normal: NDArray[np.floating]) -> Levels:
    """Return `levels` (n_bands, n_frames) with quantiles `normal` (n_quantiles, n_bands), in their order in time.

    The loudest frame of a band gets the maximum of that band, the median frame the median, and so on, so that the
    result varies in time as a normal clip does. Quantiles are those of `offkey.model.reference.profile`.
    """
    ranks = (levels.argsort(axis=1).argsort(axis=1) + 0.5) / levels.shape[1]
    pulled = [np.interp(rank, AT, of_band) for rank, of_band in zip(ranks, normal.T.astype(float), strict=True)]
    return np.stack(pulled).astype(np.float32)


def _expected(own: Levels, profiles: Levels) -> Levels:
    """Return the mean of the profiles most alike to one; the median over bands does not mind a fault in some."""
    away = np.median(np.abs(profiles - own).mean(axis=1), axis=1)
    mean: Levels = profiles[np.argsort(away, kind="stable")[:_ALIKE]].mean(axis=0)
    return mean
