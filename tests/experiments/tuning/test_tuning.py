from __future__ import annotations

import polars as pl
import pytest

from offkey.errors import ParameterError, UsageError
from offkey.experiments.measures import Metric
from offkey.experiments.space import Space
from offkey.experiments.tuning.division import Division, divide
from offkey.experiments.tuning.results import Tuned
from offkey.experiments.tuning.search import Search
from offkey.experiments.tuning.tuning import Tuner

SPACE = Space("knn", "logmel", {"n_neighbors": [5, 8, 10]}, {"n_mels": [32, 128]})


def _tuned(table: pl.DataFrame, space: Space = SPACE, *, select: bool = False, seed: int = 0, **options) -> Tuned:
    return Tuner(space, jobs=1, seed=seed, **options).tune(divide(table, seed=seed), select_features=select, most=5)


def _flipped(table: pl.DataFrame, division: Division) -> pl.DataFrame:
    """Turn the labels of the test clips that are reported on round."""
    reported = {clip.name for cell in division.reporting for clip in cell.test}
    other = pl.when(pl.col("label") == "normal").then(pl.lit("anomaly")).otherwise(pl.lit("normal"))
    return table.with_columns(
        label=pl.when(pl.col("file").is_in(list(reported))).then(other).otherwise(pl.col("label"))
    )


@pytest.fixture(scope="module")
def tuned(weak_faults: pl.DataFrame) -> Tuned:
    return _tuned(weak_faults, select=True)


def test_the_reporting_part_never_influences_the_choice(weak_faults: pl.DataFrame, tuned: Tuned) -> None:
    other = _tuned(_flipped(weak_faults, tuned.division), select=True)
    assert other.trials == tuned.trials
    assert other.best == tuned.best
    assert other.chosen == tuned.chosen
    assert other.selection is not None
    assert tuned.selection is not None
    assert other.selection.keep == tuned.selection.keep
    assert [step.tuning for step in other.selection.steps] == [step.tuning for step in tuned.selection.steps]
    for ours, theirs in zip(tuned.reports, other.reports, strict=True):  # while the labels did change
        assert ours.figures.auc == pytest.approx(1 - theirs.figures.auc)


def test_the_choice_is_the_best_on_the_tuning_part(tuned: Tuned) -> None:
    values = [trial.value(Metric.AUC) for trial in tuned.trials]
    assert len(values) == 7  # the default and six candidates
    assert values[tuned.best] == max(values) > values[0]
    assert tuned.trials[0].candidate == SPACE.default()
    assert {row["id"] for row in tuned.trials[0].figures.ids} == {cell.name for cell in tuned.division.tuning}
    assert {row["id"] for row in tuned.reports[0].figures.ids} == {cell.name for cell in tuned.division.reporting}


def test_the_same_seed_gives_the_same(weak_faults: pl.DataFrame, tuned: Tuned) -> None:
    assert _tuned(weak_faults, select=True).to_json() == tuned.to_json()
    assert _tuned(weak_faults, seed=3).division.tuning == tuned.division.reporting  # the other id is reported on


def test_the_default_stays_where_nothing_beats_it(weak_faults: pl.DataFrame) -> None:
    found = _tuned(weak_faults, Space("knn", "logmel", {"n_neighbors": [2, 3]}, {"n_mels": [32]}))
    assert found.best == 0
    assert found.chosen.to_json()["detector_params"] == {}
    assert any("so the default is chosen" in note for note in found.notes)


def test_a_candidate_that_is_the_default_is_tried_once(weak_faults: pl.DataFrame) -> None:
    found = _tuned(weak_faults, Space("knn", "logmel", {"n_neighbors": [1, 2]}))
    assert [dict(trial.candidate.detector_params) for trial in found.trials] == [{}, {"n_neighbors": 2}]


def test_a_candidate_that_cannot_be_fitted_is_kept_with_its_error(weak_faults: pl.DataFrame, monkeypatch) -> None:
    from offkey.detectors.knn import KNN

    fit = KNN._fit

    def refuse(self, X, domains):
        if self.n_neighbors == 5:
            raise ParameterError("no five")
        fit(self, X, domains)

    monkeypatch.setattr(KNN, "_fit", refuse)
    found = _tuned(weak_faults)
    failed = [trial for trial in found.trials if trial.error]
    assert len(failed) == 2
    assert all(trial.figures is None and trial.error == "no five" for trial in failed)
    assert found.trials[found.best].figures is not None
    assert found.notes[0].startswith("2 of 7 candidates could not be fitted; the first: no five")
    monkeypatch.setattr(KNN, "_fit", lambda self, X, domains: (_ for _ in ()).throw(ParameterError("none at all")))
    with pytest.raises(ParameterError, match="None of 7 candidates can be fitted; the first: none at all"):
        _tuned(weak_faults)


def test_by_another_metric_another_figure_decides(weak_faults: pl.DataFrame) -> None:
    for metric in Metric:
        found = _tuned(weak_faults, metric=metric)
        values = [trial.value(metric) for trial in found.trials]
        assert found.best == values.index(max(values))


def test_the_way_of_the_features_ends_with_all_of_them(tuned: Tuned) -> None:
    selection = tuned.selection
    assert selection is not None
    assert len(selection.groups) == 5
    assert [step.group is None for step in selection.steps] == [False] * 5 + [True]
    last, every = selection.steps[-2], selection.steps[-1]
    assert last.tuning == every.tuning == tuned.trials[tuned.best].figures
    assert every.reporting == tuned.reports[1].figures


def test_features_that_are_clearly_better_are_kept(weak_faults: pl.DataFrame) -> None:
    """The fault is a tone in one band among many that tell nothing."""
    mixtures = {"n_components": [1], "covariance_type": ["diag"]}
    space = Space("gmm", "logmel", mixtures, {"lulls": [True], "normalisation": ["none"], "pooling": [[1.0]]})
    found = Tuner(space, jobs=1).tune(divide(weak_faults), select_features=True, most=9)
    selection = found.selection
    assert selection is not None
    assert selection.n_kept == selection.n_best > 0
    first = selection.steps[0].group
    assert first is not None
    tone_hz = {"fan 00": 3000, "fan 02": 3200}[found.division.tuning[0].name]
    assert first.low_hz < tone_hz < first.high_hz
    report = found.reports[-1]
    assert report.name == "chosen, some features"
    assert report.candidate.features_params["keep"] == selection.keep
    assert report.figures.auc == pytest.approx(selection.steps[selection.n_kept - 1].reporting.auc, abs=0.02)
    assert found.chosen == report.candidate


def test_wrong_asking_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ParameterError, match="has no parameter 'k'"):
        Tuner(Space("knn", detector_values={"k": [1]}))
    with pytest.raises(UsageError, match="A grid tries every combination"):
        Tuner(SPACE, how=Search.GRID, trials=3)


def test_random_tries_as_many_as_asked(weak_faults: pl.DataFrame) -> None:
    assert len(_tuned(weak_faults, how=Search.RANDOM, trials=2).trials) == 3


def test_optuna_searches_too(weak_faults: pl.DataFrame) -> None:
    pytest.importorskip("optuna")
    found = _tuned(weak_faults, how=Search.OPTUNA, trials=5)
    assert 2 <= len(found.trials) <= 6
    assert found.to_json() == _tuned(weak_faults, how=Search.OPTUNA, trials=5).to_json()
