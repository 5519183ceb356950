"""The slow path: wear, found in means of blocks by an e-process whatever windows depend on each other."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from offkey.decision.events.correlation import correlation_time
from offkey.errors import ParameterError

__all__ = ["SlowPath", "mean_e_bound"]

_CLOSING = 3  # blocks in a row as normal ones are, with which a lasting change is over
_USUAL = 0.5  # p-value from which on a block is as normal ones are
_KAPPA = 0.5
_NORMAL_QUANTILE = 1.645  # that one in twenty exceeds
_MOST = 1e9  # times the evidence of an alarm, beyond which no more is added up


def mean_e_bound(p_values: ArrayLike) -> float:
    """Return what the mean of the e-values of new normal blocks exceeds for at most one shadow in twenty.

    The mean over a shadow of n blocks has a standard error of ``sd(e) sqrt(tau / n)``, where blocks that depend on each
    other, such as by load over hours, count for less (`correlation_time`).

    `p_values`: shape (n_blocks,); of the blocks of the shadow, each beside the others, in the order of time; NaN for
    one without scores.
    """
    values = np.asarray(p_values, np.float64)
    evidence = _KAPPA * values ** (_KAPPA - 1)
    error = np.nanstd(evidence) * math.sqrt(correlation_time(evidence) / np.isfinite(evidence).sum())
    return 1 + _NORMAL_QUANTILE * float(error)


class SlowPath:
    """Alarms of lasting changes, block by block.

    The Shiryaev-Roberts e-detector ``R = (1 + R) e`` with an alarm at ``R >= A``: as long as each ``e`` has a mean of
    at most 1 given the past, the mean time to a false alarm is at least A blocks, whatever depends on what (J. Shin,
    A. Ramdas & A. Rinaldo, "E-detectors: a nonparametric framework for sequential change detection", New England J.
    Stat. Data Sci. 2(2), 2024, section 3). ``e = kappa p ** (kappa - 1)`` of a conformal p-value (V. Vovk
    & R. Wang, "E-values: calibration, combination and applications", Ann. Statist. 49(3), 2021, with kappa = 0.5).

    A conformal p-value is valid on average over all shadows that there might have been. All blocks of a machine are
    compared with the same one, so its sampling error does not average out, and its e may have a mean above 1 for ever
    (S. Bates, E. Candes, L. Lei, Y. Romano & M. Sesia, "Testing for outliers with conformal p-values", Ann. Statist.
    51(1), 2023; for martingales with a fixed reference: S. Shaer, Y. Bar, D. Prinster & Y. Romano, "Testing for
    distribution shifts with conditional conformal test martingales", arXiv 2602.13848). So each e is divided by an
    upper bound of that mean (`mean_e_bound`).

    `mean_blocks`: A, the blocks after which a false alarm comes at the earliest, on average.
    `normal_e`: the most that the mean of e may be in normal sound.
    """

    def __init__(self, mean_blocks: float, normal_e: float = 1.0) -> None:
        if not mean_blocks > 1:
            raise ParameterError(f"False alarms must lie more than one block apart. Got {mean_blocks!r} instead.")
        self._alarm_at, self._normal_e = mean_blocks, normal_e
        self._evidence = 0.0
        self._usual = 0
        self.alarmed = False

    @property
    def is_usual(self) -> bool:
        """Whether the newest block of an alarm was as normal ones are."""
        return self._usual > 0

    @property
    def strength(self) -> float:
        """The evidence so far, over that with which an alarm begins; above 0."""
        return self._evidence / self._alarm_at

    def resume(self) -> None:
        """Go on in an alarm that began before."""
        self.alarmed, self._evidence = True, self._alarm_at

    def feed(self, p_value: float) -> bool:
        """Take the p-value of the next block, NaN for one without scores; return whether an alarm begins with it."""
        if not np.isfinite(p_value):
            return False
        e = _KAPPA * p_value ** (_KAPPA - 1) / self._normal_e
        self._evidence = min((1 + self._evidence) * e, _MOST * self._alarm_at)
        if self.alarmed:
            self._usual = self._usual + 1 if p_value >= _USUAL else 0
            if self._usual >= _CLOSING:
                self.alarmed, self._usual, self._evidence = False, 0, 0.0
            return False
        self.alarmed = self._evidence >= self._alarm_at
        return self.alarmed

    def alarms(self, p_values: ArrayLike) -> list[int]:
        """Take the p-values of many blocks; return the numbers of those with which an alarm begins."""
        return [number for number, p in enumerate(np.asarray(p_values).tolist()) if self.feed(p)]
