"""The valley between two groups of values: whether they are two modes, or two halves of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEPARATE", "valley"]

SEPARATE = 0.2
"""The share of the lower mode that the density between two modes may have at most; 4.3 deviations lie between two
normal distributions of one size with this."""

_CELLS = 64  # of the grid between the modes
_BANDWIDTH = 0.9  # of Silverman's rule


def valley(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return how deep the density falls between two groups of values: 0 where nothing lies between them.

    The lowest density between the modes of both groups over the lower of the two modes, of all values together: the
    criterion of C. Hennig, "Methods for merging Gaussian mixture components", Adv. Data Anal. Classif. 4, 2010, on
    the axis that joins the centres. The density is estimated by Gaussian kernels whose width follows B. Silverman,
    "Density estimation for statistics and data analysis", 1986, section 3.4, for the narrower group.

    Parameters
    ----------
    first, second : ndarray of float, shape (n,) and (m,)
        Values of the groups on one axis; none is empty.

    Returns
    -------
    float
        From 0 to 1; 1 where there is no valley.
    """
    low, high = sorted((first, second), key=lambda group: float(np.median(group)))
    start, stop = float(np.median(low)), float(np.median(high))
    if not stop > start:
        return 1.0
    spreads = (max(_spread(group), (stop - start) / _CELLS) * len(group) ** -0.2 for group in (low, high))
    width = _BANDWIDTH * min(spreads)
    margin = max(0.5 * (stop - start), 3 * width)  # within which each mode is looked for beyond its median
    density = _density(np.concatenate([low, high]), start - margin, stop + margin, width)
    middle = len(density) // 2
    left, right = int(np.argmax(density[:middle])), middle + int(np.argmax(density[middle:]))
    return float(density[left : right + 1].min() / min(density[left], density[right]))


def _spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation, or by the quartiles where these say less, as outliers do not count then."""
    quartiles = np.subtract(*np.percentile(values, [75, 25])) / 1.349
    return float(min(values.std(), quartiles) if quartiles > 0 else values.std())


def _density(values: NDArray[np.float64], start: float, stop: float, width: float) -> NDArray[np.float64]:
    """Return the density on a grid, not normalised: counts in cells, smoothed by a kernel."""
    from scipy.ndimage import gaussian_filter1d

    step = min((stop - start) / (2 * _CELLS), width)
    cells = min(int(np.ceil((stop - start) / step)), 4096)
    counts, _ = np.histogram(values, cells, (start, stop))
    return np.asarray(gaussian_filter1d(counts.astype(np.float64), width * cells / (stop - start), mode="constant"))
