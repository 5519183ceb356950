"""Trimming: training clips so unlike the others that none of them should vouch for a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.base import Beside, Detector, Floats
from offkey.detectors.spectral_angle import directions

__all__ = ["Known", "least_like_others", "n_trimmed"]

_MOST, _OF, _FALL = 10, 100, 1.5  # ten of 100 clips; of n others, 10 * (n / 100) ** 1.5 or its inverse
_START, _NEIGHBOURS = 10, 3  # neighbours that the search starts with, and goes on with
_STEPS = 20  # after which it stops; hardly any search needs more than five


def n_trimmed(n: int) -> int:
    """Return how many of `n` training clips do not vouch for others.

    A state that a few of a hundred clips show is as likely a fault that was learnt as a rare normal state, and faults
    do more harm. The more clips are learnt, the more a missing rare state costs: of 465 clips and more, none is
    trimmed (docs/choices.md has the figures).
    """
    return int(_MOST * min(n / _OF, _OF / n) ** _FALL) if n else 0


def least_like_others(levels_db: Floats, count: int) -> NDArray[np.intp]:
    """Return the clips that are least like the others by their spectra, in ascending order.

    Each is as unlike as its mean angle to the nearest three of the clips that stay; those that stay are the ones least
    unlike, found by concentration steps as in the minimum covariance determinant (P. Rousseeuw & K. Van Driessen,
    Technometrics 41, 1999, section 2), from a start by the distance to the tenth neighbour (S. Ramaswamy,
    R. Rastogi & K. Shim, SIGMOD 2000), which a group of fewer than ten like clips cannot shorten.

    `levels_db`: shape (n, d); levels of bands.
    `count`: how many to return.
    Returns: shape (count,).
    """
    rows = directions(levels_db)
    away = np.maximum(1 - rows @ rows.T, 0)
    np.fill_diagonal(away, np.inf)
    n = len(rows)
    unlike = np.sort(away, axis=1)[:, min(_START, n // 8 + 1) - 1]
    stay = np.sort(np.argsort(unlike, kind="stable")[: n - count])
    for _ in range(_STEPS):
        unlike = np.sort(away[:, stay], axis=1)[:, :_NEIGHBOURS].mean(axis=1)
        better = np.sort(np.argsort(unlike, kind="stable")[: n - count])
        if np.array_equal(better, stay):
            break
        stay = better
    return np.setdiff1d(np.arange(n), stay)


@dataclass(frozen=True)
class Known:
    """The clips that a detector learns, and the copy of it that scores each other clip and knows none of its group."""

    stay: NDArray[np.intp]  # rows of the clips that are learnt, ascending
    odd: NDArray[np.intp]  # rows of the clips that are not
    groups: NDArray[Any]  # shape (n,); the group of each clip
    mate: NDArray[np.intp]  # shape (n_new,); the place in `stay` of a clip of the same group as a new one, -1 for none

    @classmethod
    def of(cls, n: int, odd: NDArray[np.intp], of: NDArray[np.intp], groups: NDArray[Any]) -> Self:
        """Return what is known of `n` clips, and of new ones, each of which belongs to the clip `of`."""
        stay = np.setdiff1d(np.arange(n), odd)
        at = {int(row): place for place, row in enumerate(stay)}
        names = groups.tolist()
        mates = {names[row]: place for row, place in reversed(at.items())}
        mate = [at.get(int(row), mates.get(names[row], -1)) for row in of]
        return cls(stay, odd, groups, np.array(mate, np.intp))

    def fit_scored(
        self, detector: Detector, X: Floats, new: Floats, *, domains: NDArray[Any] | None, **options: Any
    ) -> Floats:
        """Fit on the clips that stay, and score all clips, each by a copy that knows none of its group, then `new`.

        `X`: shape (n, d).
        `new`: shape (n_new, d); the clips that do not stay, and behind them whatever else is to be scored.
        Returns: shape (n + n_new - n_odd,).
        """
        has_mate = self.mate >= 0
        beside = Beside(new[has_mate], self.mate[has_mate]) if has_mate.any() else None
        found = detector.fit_scored(
            X[self.stay],
            domains=None if domains is None else domains[self.stay],
            groups=self.groups[self.stay],
            beside=beside,
            **options,
        )
        of_new = np.empty(len(new))
        of_new[has_mate] = found[len(self.stay) :]
        of_new[~has_mate] = detector.score(new[~has_mate])
        scores = np.empty(len(X))
        scores[self.stay], scores[self.odd] = found[: len(self.stay)], of_new[: len(self.odd)]
        return np.concatenate([scores, of_new[len(self.odd) :]])
