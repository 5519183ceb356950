"""The correlation time of scores: the windows that depend on each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["correlation_time"]


def correlation_time(values: ArrayLike) -> float:
    """Return the correlation time of scores: windows that depend on each other so much that they count as one.

    The integrated autocorrelation time ``1 + 2 (rho_1 + rho_2 + ...)``, summed as long as pairs of neighbouring
    autocorrelations are positive: the initial positive sequence of C. Geyer, "Practical Markov chain Monte Carlo",
    Statist. Sci. 7(4), 1992, section 3.3. Of scores that do not depend on each other it is 1.

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
    known = np.isfinite(series)
    if known.sum() < 4 or np.ptp(series[known]) == 0:
        return 1.0
    deviations = np.where(known, series - series[known].mean(), 0.0)
    sums, pairs = _lagged(deviations), np.maximum(np.round(_lagged(known.astype(np.float64))), 1.0)
    rho = (sums / pairs) / (sums[0] / pairs[0])
    half = len(rho) // 2 * 2
    together = rho[:half].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(together <= 0)
    last = int(negative[0]) if len(negative) else len(together)
    return max(1.0, float(2 * together[:last].sum() - 1))


def _lagged(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of products at each lag up to half the length."""
    length = 2 ** int(np.ceil(np.log2(2 * len(series))))
    spectrum = np.fft.rfft(series, length)
    return np.fft.irfft(spectrum * spectrum.conj(), length)[: max(2, len(series) // 2)]
