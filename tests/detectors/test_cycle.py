from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, restore
from offkey.detectors.cycle import cycle_scores, divided, learn_cycle, learn_scored, sides, usual_period
from offkey.features.cycle import CYCLE

LATE, LEAN = CYCLE.index("cycle_late"), CYCLE.index("cycle_lean_quarter_1")


def _columns(n: int, seed: int = 0) -> np.ndarray:
    """Return what the cycles of n normal clips measure, whose strokes recur every 1.1 s."""
    rng = np.random.default_rng(seed)
    found = rng.normal(3, 1, size=(n, len(CYCLE)))
    found[:, 0], found[:, 1] = rng.normal(1.1, 0.02, n), rng.normal(0.7, 0.05, n)
    return found


def test_a_period_is_usual_where_nine_of_ten_clips_have_it() -> None:
    rng = np.random.default_rng(0)
    assert usual_period(np.array([1.1] * 18 + [0.0, 2.2])) == 1.1
    assert usual_period(np.array([1.1] * 17 + [0.0, 2.2, 0.6])) == 0
    assert usual_period(1.1 + 0.1 * rng.random(9)) == 0  # of so few clips
    assert usual_period(rng.uniform(0.4, 3, 40)) == 0
    assert usual_period(np.zeros(40)) == 0


def test_departures_count_to_the_side_of_a_fault_in_units_of_normal_clips() -> None:
    normal = _columns(40)
    learnt = learn_cycle(normal)
    assert learnt is not None
    usual = learnt[0].copy()
    assert cycle_scores(learnt, usual[None], 1.0) == pytest.approx(1)
    early, late = usual.copy(), usual.copy()
    early[LATE] -= 5 * learnt[1, LATE]
    late[LATE] += 5 * learnt[1, LATE]
    assert cycle_scores(learnt, np.stack([early, late]), 1.0) == pytest.approx([1, np.sqrt(1 + 25 / 6)])
    for side in (-1, 1):  # an order differs to either side, and four numbers tell of it
        other = usual.copy()
        other[LEAN] += side * 5 * learnt[1, LEAN]
        assert cycle_scores(learnt, other[None], 1.0) == pytest.approx(np.sqrt(1 + 25 / 24))
        assert divided(learnt, other)[LEAN] == pytest.approx(1)
        assert sides(learnt, other)[LEAN] == side


def test_nothing_is_claimed_of_a_clip_with_another_period_or_of_a_machine_without() -> None:
    normal = _columns(40)
    learnt = learn_cycle(normal)
    other = normal[0] + 50
    for period_s in (0.0, 2.2):
        other[0] = period_s
        assert cycle_scores(learnt, other[None], 1.5) == 1.5
        assert not sides(learnt, other).any()
    normal[:, 0] = np.linspace(0.3, 3, 40)
    assert learn_cycle(normal) is None
    assert not sides(None, other).any()


def test_clips_are_scored_without_those_of_their_fold() -> None:
    normal, new, fold = _columns(40), _columns(6, seed=1), np.arange(40) % 8
    normal[3, 0] = 0.0
    learnt, scores = learn_scored(normal, fold, new, np.arange(6))
    assert learnt is not None
    of_fold_2 = cycle_scores(learn_cycle(normal[fold != 2]), np.concatenate([normal[fold == 2], new[2:3]]), 1.0)
    np.testing.assert_allclose(scores[[*np.flatnonzero(fold == 2), 42]], of_fold_2)
    others = np.delete(np.arange(40), 3)
    assert scores[3] == pytest.approx(np.exp(np.log(scores[others]).mean()))


def _machine(n: int, seed: int) -> np.ndarray:
    return np.hstack([np.random.default_rng(seed).normal(size=(n, 32)), _columns(n, seed)])


def test_the_default_hears_a_stable_cycle_and_contributions_point_at_it() -> None:
    fused = create("fused", bands=16, levels=2, cycle=True).fit(_machine(60, 0))
    normal, late = _machine(40, 1), _machine(40, 1)
    late[:, 32 + LATE] += 8
    assert fused.score(late).min() > np.median(fused.score(normal))
    parts = fused.contributions(late[0])
    assert parts.values.sum() + parts.rest == pytest.approx(fused.score(late[:1])[0])
    assert parts.values.argmax() == 32 + LATE
    np.testing.assert_array_equal(restore(fused.state()).score(late), fused.score(late))


def test_the_default_is_as_without_where_no_period_is_stable() -> None:
    X, new = _machine(60, 0), _machine(20, 1)
    X[:, 32] = np.linspace(0.3, 3, 60)
    fused, without = create("fused", bands=16, levels=2, cycle=True), create("fused", bands=16, levels=2)
    np.testing.assert_allclose(fused.fit_scored(X), without.fit_scored(X[:, :32]))
    np.testing.assert_allclose(fused.score(new), without.score(new[:, :32]))
    assert fused.cycle_ is None
    assert not fused.contributions(new[0]).values[32:].any()
