"""The level below which a machine is off, where two levels stand well apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offkey.decision.states.valley import SEPARATE, valley

__all__ = ["level_gate"]

_LEAST_GAP_DB = 10.0  # between off and running: less can be a load
_STEPS = 30  # of Lloyd's algorithm, which settles long before on two groups in a row


def level_gate(levels: ArrayLike) -> float | None:
    """Return the level in dB between two well separated modes.

    Parameters
    ----------
    levels : array_like of float, shape (n_windows,)
        Level of each window in dB; NaN is left out.

    Returns
    -------
    float or None
        Halfway between the modes; None where there is no valley between them, or they lie less than 10 dB apart.
    """
    known = np.asarray(levels, np.float64)
    known = np.sort(known[np.isfinite(known)])
    if len(known) < 3 or np.ptp(known) < _LEAST_GAP_DB:
        return None
    edge = (known[0] + known[-1]) / 2
    for _ in range(_STEPS):
        low, high = known[known < edge], known[known >= edge]
        edge = (low.mean() + high.mean()) / 2
    low, high = known[known < edge], known[known >= edge]
    if np.median(high) - np.median(low) < _LEAST_GAP_DB or valley(low, high) > SEPARATE:
        return None
    return float(edge)
