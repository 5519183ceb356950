from __future__ import annotations

import numpy as np

from offkey.detectors import create
from offkey.model.fitting.moved_clips import fit_scored_with, likelier_by


def _machine(n: int, seed: int, *, mode: int = 0, spread: float = 1.0) -> np.ndarray:
    """Clips of 24 features about a mean of their own; those of one mode vary along the same two directions."""
    rng, of_mode = np.random.default_rng(seed), np.random.default_rng(100 + mode)
    directions = of_mode.normal(size=(2, 24))
    mean = 10 * rng.normal(size=24)
    return mean + spread * rng.normal(size=(n, 2)) @ directions + 0.1 * rng.normal(size=(n, 24))


def _away(X: np.ndarray) -> np.ndarray:
    return X - X.mean(axis=0)


def test_clips_of_a_sister_make_others_likelier_and_those_of_a_stranger_do_not() -> None:
    X, groups = _machine(12, 0), np.arange(12)
    assert likelier_by(X, _away(_machine(200, 1)), groups) > 1
    assert likelier_by(X, _away(_machine(200, 1, mode=1)), groups) < -1
    assert likelier_by(X, _away(_machine(200, 1, spread=0.05)), groups) < -1


def test_the_gate_does_not_change_with_the_units_of_features() -> None:
    X, away, groups = _machine(12, 0), _away(_machine(200, 1)), np.arange(12)
    units = np.geomspace(0.01, 100, 24)
    assert np.isclose(likelier_by(X * units, away * units, groups), likelier_by(X, away, groups))


def test_held_out_clips_score_as_new_ones_do() -> None:
    every = _machine(600, 0)
    away, scores, fresh = _away(_machine(200, 1)), [], []
    for start in range(0, 120, 6):
        X = every[start : start + 6]
        detector = create("mahalanobis")
        rows = np.concatenate([X, X.mean(axis=0) + away])
        scores += fit_scored_with(detector, rows, 6, groups=np.arange(6), seed=0).tolist()
        fresh += detector.score(every[200:]).tolist()
    assert len(scores) == 120
    assert abs(np.median(scores) / np.median(fresh) - 1) < 0.1


def test_clips_of_one_group_do_not_vouch_for_each_other() -> None:
    X = _machine(9, 0)
    twice = np.concatenate([X, X[:1] + 1e-3])
    rows = np.concatenate([twice, twice.mean(axis=0) + _away(_machine(100, 1))])
    alone = fit_scored_with(create("knn"), rows, 10, groups=np.arange(10), seed=0)
    together = fit_scored_with(create("knn"), rows, 10, groups=[0, 1, 2, 3, 4, 5, 6, 7, 8, 0], seed=0)
    assert together[0] > 1.2 * alone[0]
    assert np.isclose(together[1:9], alone[1:9], rtol=0.1).all()


def test_no_clip_is_trimmed() -> None:
    detector = create("fused", levels=1)
    rows = np.concatenate([_machine(40, 0), _machine(60, 1)])
    fit_scored_with(detector, rows, 40, groups=np.arange(40), seed=0)
    assert len(detector.trimmed(rows)) == 0 < len(create("fused", levels=1).fit(rows).trimmed(rows))
