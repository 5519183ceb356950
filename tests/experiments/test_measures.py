from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.evaluation.intervals import bootstrap_intervals, paired_differences
from offkey.evaluation.metrics import auc, pauc
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.measures import Metric, clearly_better, difference, figures, mean_figure
from offkey.experiments.outcome import CellScores, ClipScore, Outcome

LABELS = np.repeat([0, 1], 30).astype(np.int8)


def _outcome(name: str, shift: float, seed: int = 0) -> Outcome:
    scores = np.random.default_rng(seed).normal(size=60) + shift * LABELS
    clips = tuple(Clip(Path(f"{k}.wav"), f"{k}.wav", None, label, str(k)) for k, label in enumerate(LABELS.tolist()))
    scored = [ClipScore(clip.name, score, None, None) for clip, score in zip(clips, scores.tolist(), strict=True)]
    return Outcome(Candidate(), Cell("dev", name, None, None, (), clips), CellScores("", scored))


def test_the_figures_are_means_over_ids() -> None:
    outcomes = [_outcome("a", 0.5), _outcome("b", 2.0, seed=1)]
    found = figures(outcomes)
    assert found.auc == pytest.approx(np.mean([auc(c.labels, c.scores) for c in outcomes]))
    assert found.pauc == pytest.approx(np.mean([pauc(c.labels, c.scores) for c in outcomes]))
    assert [row["id"] for row in found.ids] == ["a", "b"]
    assert found.ids[0]["n_normal"] == found.ids[0]["n_anomalous"] == 30
    assert found.auc_ci[0] < found.auc < found.auc_ci[1]
    by = [found.by(metric) for metric in Metric]
    assert by == pytest.approx([found.auc, found.pauc, (found.auc + found.pauc) / 2])
    assert by == pytest.approx([mean_figure(outcomes, metric) for metric in Metric])


def test_of_one_id_the_intervals_are_those_of_the_bootstrap() -> None:
    outcome, other = _outcome("a", 1.0), _outcome("a", 0.6, seed=2)
    found, reference = figures([outcome]), bootstrap_intervals(LABELS, outcome.scores)
    assert found.auc_ci == pytest.approx(reference.auc)
    assert found.pauc_ci == pytest.approx(reference.pauc)
    ours, theirs = difference([outcome], [other]), paired_differences(LABELS, outcome.scores, other.scores)
    for one, expected in zip(ours, theirs, strict=True):
        assert one.value == pytest.approx(expected.value)
        assert one.interval == pytest.approx(expected.interval)


def test_the_mean_of_several_ids_is_surer_than_one() -> None:
    one, several = figures([_outcome("a", 1.0)]), figures([_outcome(str(k), 1.0, seed=k) for k in range(6)])
    assert np.diff(several.auc_ci) < 0.7 * np.diff(one.auc_ci)


def test_perfect_figures_have_an_interval_with_a_width() -> None:
    found = figures([_outcome("a", 50.0), _outcome("b", 50.0, seed=1)])
    assert found.auc == 1
    assert found.auc_ci[0] < 0.95
    assert found.auc_ci[1] == 1


def test_what_is_clearly_better_has_a_gain_above_zero() -> None:
    good, bad, alike = [_outcome("a", 2.0)], [_outcome("a", 0.0, seed=3)], [_outcome("a", 1.9, seed=4)]
    for metric in Metric:
        assert clearly_better(good, bad, metric)
        assert not clearly_better(bad, good, metric)
        assert not clearly_better(good, alike, metric)
        assert not clearly_better(good, good, metric)
