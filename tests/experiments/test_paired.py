from __future__ import annotations

import numpy as np
import pytest

from offkey.evaluation.intervals import paired_differences
from offkey.experiments.cell import CellKey
from offkey.experiments.paired import measure_paired
from offkey.experiments.system import LabelledScore, System

KEY = CellKey("dev", "fan", "00", None)
LABELS = [number % 2 for number in range(40)]


def _system(name: str, scores: np.ndarray) -> System:
    pairs = zip(scores.tolist(), LABELS, strict=True)
    clips = {f"{number:02d}.wav": LabelledScore(score, label, "") for number, (score, label) in enumerate(pairs)}
    return System(name, name, {KEY: clips})


def test_the_difference_is_that_of_the_paired_bootstrap() -> None:
    rng = np.random.default_rng(0)
    ours, theirs = (rng.normal(size=40) + lead * np.array(LABELS) for lead in (1.5, 0.5))
    found = measure_paired([_system("a", ours), _system("b", theirs)], "dev", None, n_resamples=200).total
    expected = paired_differences(LABELS, ours, theirs, n_resamples=200).auc
    difference = found.difference("auc", 0, 1)
    assert difference is not None
    assert difference.value == pytest.approx(expected.value)
    np.testing.assert_allclose(difference.interval, expected.interval)
    assert found.difference("auc", 1, 1) is None
    assert found.difference("official_score", 0, 1) is None


def test_a_perfect_figure_has_an_interval_too() -> None:
    """Every resample agrees, which says nothing of how sure the figure is."""
    perfect = _system("a", np.array(LABELS, dtype=float) + np.linspace(0, 0.1, 40))
    (interval,) = measure_paired([perfect], "dev", None, n_resamples=50).total.intervals["auc"]
    assert interval is not None
    assert interval[1] == 1.0
    assert 0.7 < interval[0] < 0.95
