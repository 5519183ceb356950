"""A lasting change: the stretch of time in which more clips are anomalous than chance explains."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from offkey.errors import ParameterError

__all__ = ["lasting_change"]

_FAULTY = 0.5  # share of the clips of a lasting change that are anomalous, at the least
_CHANCE = 0.01  # of a change where there is none
_LARGEST_RATE = 0.4  # of false alarms, beyond which a faulty half does not stand out


def lasting_change(alarms: ArrayLike, rate: float) -> slice | None:
    """Return the stretch of clips, in the order of time, in which most are anomalous; None if chance explains all.

    The segment of highest score (S. Karlin & S. F. Altschul, Proc. Natl. Acad. Sci. USA 87, 1990), where a clip scores
    the logarithm of how much more likely its decision is among clips of which half are anomalous. From any clip on the
    likelihood ratio is a martingale as long as the machine is normal, so that it ever exceeds x with a chance of at
    most 1 / x (J. Ville, "Étude critique de la notion de collectif", 1939); the chance of any of n stretches is at
    most n / x, and 0.01 is allowed. It holds for decisions that do not depend on each other: those of windows of one
    recording do somewhat.

    `alarms`: shape (n,); whether each clip is anomalous, in the order of time.
    `rate`: the highest share of normal clips that may be called anomalous, between 0 and 1, both excluded.
    Returns: the clips from the first to the last anomalous one of the stretch.
    """
    if not 0 < rate < 1:
        raise ParameterError(f"The false-alarm rate must lie between 0 and 1. Got {rate!r} instead.")
    called = np.asarray(alarms, bool)
    if rate > _LARGEST_RATE or not called.any():
        return None
    gains = np.where(called, math.log(_FAULTY / rate), math.log((1 - _FAULTY) / (1 - rate)))
    total = np.concatenate([[0.0], np.cumsum(gains)])
    lowest = np.minimum.accumulate(total)
    stop = int(np.argmax(total - lowest))
    start = int(np.argmin(total[: stop + 1]))
    if total[stop] - total[start] < math.log(len(called) / _CHANCE):
        return None
    return slice(start, stop)
