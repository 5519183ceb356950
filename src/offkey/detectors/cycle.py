"""The cycle of a machine: what nearly all normal clips share of it, and how far a clip departs from that."""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.base import Floats
from offkey.features.cycle import CYCLE

__all__ = ["NEAR", "SIDE", "WEIGHTS", "cycle_scores", "divided", "learn_cycle", "learn_scored", "sides", "usual_period"]

NEAR = 2**0.25  # ratio within which two periods are the same: a machine runs faster under another load
_MOST = 0.9  # share of the normal clips that must have the period
_FEWEST = 10  # clips, fewer of which agree by chance

_MEASURES = [name.split("_")[1] for name in CYCLE]
SIDE = np.array([{"regularity": -1.0, "shape": 0.0, "lean": 0.0}.get(measure, 1.0) for measure in _MEASURES])
"""The side to which a measure departs where strokes fail: below, above, or either."""
_LEAST = np.array([{"regularity": 0.01, "late": 1 / 64}.get(measure, 0.2) for measure in _MEASURES])
"""Least spread of each measure: what the phases of a period and the noise of levels resolve."""
_COUNTS = [len(list(group)) for _, group in groupby(_MEASURES[1:])]
WEIGHTS = np.concatenate([[0.0], np.repeat(1 / (len(_COUNTS) * np.array(_COUNTS)), _COUNTS)])
"""Weight of each measure's square: regularity, lateness, drops, rises, shapes and leans count alike."""


def usual_period(periods_s: Floats) -> float:
    """Return the period that nearly all normal clips have, 0 where there is none.

    `periods_s`: shape (n,); 0 for a clip without one.
    """
    found = periods_s[periods_s > 0]
    if len(periods_s) < _FEWEST or not len(found):
        return 0.0
    usual = float(np.median(found))
    return usual if _is_near(periods_s, usual).mean() >= _MOST else 0.0


def learn_cycle(columns: Floats) -> Floats | None:
    """Return mean and spread of the cycle in normal clips, shape (2, 21); None where they have no common period.

    `columns`: shape (n, 21); the numbers of `offkey.features.cycle` of normal clips.
    """
    period_s = usual_period(columns[:, 0])
    if not period_s:
        return None
    known = columns[_is_near(columns[:, 0], period_s)]
    learnt = np.stack([known.mean(axis=0), np.maximum(known.std(axis=0), _LEAST)])
    learnt[0, 0] = period_s
    return learnt


def learn_scored(
    columns: Floats, fold: NDArray[np.intp], new: Floats, fold_of_new: NDArray[np.intp]
) -> tuple[Floats | None, Floats]:
    """Learn the cycle; return it, and the scores of all clips and of `new` ones, each without the clips of its fold.

    Clips without the period score as the others do in the mean of their logarithms. No scores where there is none.
    """
    learnt = learn_cycle(columns)
    if learnt is None:
        return None, np.empty(0)
    both, folds = np.concatenate([columns, new]), np.concatenate([fold, fold_of_new])
    scores = np.empty(len(both))
    for number in np.unique(fold):
        others = learn_cycle(columns[fold != number])
        scores[folds == number] = cycle_scores(learnt if others is None else others, both[folds == number], 1.0)
    known = _is_near(both[:, 0], learnt[0, 0])
    scores[~known] = np.exp(np.log(scores[: len(columns)][known[: len(columns)]]).mean())
    return learnt, scores


def cycle_scores(learnt: Floats, columns: Floats, unclaimed: float) -> Floats:
    """Return the root of one more than the mean square of the departures from normal, and `unclaimed` without period.

    A departure is in units of the measure's spread in normal clips, and counts only to the side to which a fault lies.
    """
    scores: Floats = np.sqrt(1 + _squares(learnt, columns).sum(axis=1))
    return np.where(_is_near(columns[:, 0], learnt[0, 0]), scores, unclaimed)


def divided(learnt: Floats, columns: Floats) -> Floats:
    """Return what share each measure of one clip, shape (21,), has in its score."""
    squares = _squares(learnt, columns[None])[0]
    shares: Floats = squares / max(squares.sum(), 1e-12)
    return shares


def sides(learnt: Floats | None, columns: Floats) -> Floats:
    """Return to which side, -1 or 1, a fault of one clip, shape (21,), shows in each measure; 0 without the period."""
    if learnt is None or not _is_near(columns[:1], learnt[0, 0])[0]:
        return np.zeros(len(CYCLE))
    found: Floats = np.where(SIDE == 0, np.sign(columns - learnt[0]), SIDE)
    found[0] = 0.0
    return found


def _squares(learnt: Floats, columns: Floats) -> Floats:
    away = (columns - learnt[0]) / learnt[1]
    one_sided = np.where(SIDE == 0, away, np.maximum(SIDE * away, 0))
    squares: Floats = WEIGHTS * one_sided**2
    return squares


def _is_near(periods_s: Floats, usual_s: float) -> NDArray[np.bool_]:
    return (periods_s > usual_s / NEAR) & (periods_s < usual_s * NEAR)
