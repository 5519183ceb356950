"""The correlation time of scores: the windows that depend on each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.events.blocks import block_means

__all__ = ["correlation_time"]

_LEAST_VALUES = 4
_COARSER, _LEAST_MEANS = 4, 40  # each look takes means of so many times as many windows, as long as so many are left


def correlation_time(values: ArrayLike) -> float:
    """Return the correlation time of scores: windows that depend on each other so much that they count as one.

    The integrated autocorrelation time ``1 + 2 (rho_1 + rho_2 + ...)``, summed as long as pairs of neighbouring
    autocorrelations are positive: the initial positive sequence of C. Geyer, "Practical Markov chain Monte Carlo",
    Statist. Sci. 7(4), 1992, section 3.3. Of scores that do not depend on each other it is 1.

    That sequence ends early where a weak dependence over hours, such as by load, drowns in the noise of single
    windows. So it is taken of means of 4, 16, ... windows too, of which each look has less noise, and the longest
    time counts.

    Parameters
    ----------
    values : array_like of float, shape (n_windows,)
        A score for each window, in the order of time; NaN where a window has none.

    Returns
    -------
    float
        In windows; at least 1, and 1 where the values do not vary.
    """
    series = np.asarray(values, np.float64)
    variance = float(np.nanvar(series)) if np.isfinite(series).sum() >= _LEAST_VALUES else 0.0
    if variance == 0:
        return 1.0
    looks = math.floor(max(0.0, math.log(len(series) / _LEAST_MEANS, _COARSER))) + 1
    sums = [_COARSER**look * _summed_covariance(block_means(series, _COARSER**look)) for look in range(looks)]
    return max(1.0, float(max(sums)) / variance)


def _summed_covariance(series: NDArray[np.float64]) -> float:
    """Return the variance of a series times its correlation time, in its own steps."""
    known = np.isfinite(series)
    if known.sum() < _LEAST_VALUES:
        return 0.0
    deviations = np.where(known, series - series[known].mean(), 0.0)
    covariances = _lagged(deviations) / np.maximum(np.round(_lagged(known.astype(np.float64))), 1.0)
    together = covariances[: len(covariances) // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(together <= 0)
    last = int(negative[0]) if len(negative) else len(together)
    return float(2 * together[:last].sum() - covariances[0])


def _lagged(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of products at each lag up to half the length."""
    length = 2 ** int(np.ceil(np.log2(2 * len(series))))
    spectrum = np.fft.rfft(series, length)
    return np.fft.irfft(spectrum * spectrum.conj(), length)[: max(2, len(series) // 2)]
