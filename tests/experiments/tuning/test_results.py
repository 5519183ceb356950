from __future__ import annotations

import json

import pytest

from offkey.evaluation.intervals import Difference, Differences
from offkey.experiments.candidate import Candidate
from offkey.experiments.measures import Figures, Metric
from offkey.experiments.space import Space
from offkey.experiments.tuning.division import Division
from offkey.experiments.tuning.results import Report, Trial, Tuned, remarks
from offkey.experiments.tuning.selection import FeatureGroup, Selection, Step

SPACE = Space("knn", "logmel", {"n_neighbors": [1, 4, 8]})


def _figures(auc: float) -> Figures:
    return Figures(auc, (auc, auc), auc, (auc, auc), ())


def _gain(auc: tuple[float, float, float], pauc: tuple[float, float, float] = (0.1, 0.05, 0.2)) -> Differences:
    return Differences(*(Difference(value, (low, high)) for value, low, high in (auc, pauc)))


def _found(best: int, gain: Differences, *, failed: str | None = None) -> tuple[list[Trial], list[Report]]:
    trials = [Trial(SPACE.default(), _figures(0.6))]
    trials += [Trial(Candidate("logmel", "knn", detector_params={"n_neighbors": n}), _figures(0.7)) for n in (4, 8)]
    if failed:
        trials.append(Trial(Candidate("logmel", "knn", detector_params={"n_neighbors": 9}), None, failed))
    reports = [Report("default", SPACE.default(), _figures(0.6), None)]
    reports.append(Report("chosen", trials[best].candidate, _figures(0.6), gain))
    return trials, reports


@pytest.mark.parametrize(
    ("best", "gain", "metric", "words"),
    [
        (1, _gain((0.1, 0.02, 0.2)), Metric.AUC, None),
        (1, _gain((0.1, -0.02, 0.2)), Metric.AUC, "the AUC cannot be told from the default's"),
        (1, _gain((0.1, 0.02, 0.2), (0.1, -0.1, 0.2)), Metric.PAUC, "the pAUC cannot be told from the default's"),
        (1, _gain((-0.04, -0.1, 0.2)), Metric.AUC, "is 0.040 below the default's: the choice does not carry over"),
        (2, _gain((0.1, 0.02, 0.2)), Metric.AUC, "The chosen n_neighbors, 8, is the greatest that was tried"),
        (0, _gain((0.0, 0.0, 0.0)), Metric.AUC, "No candidate does better than the default"),
    ],
)
def test_what_people_must_know_is_said(best: int, gain: Differences, metric: Metric, words: str | None) -> None:
    trials, reports = _found(best, gain)
    told = remarks(SPACE, metric, trials, best, reports)
    assert len(told) == (words is not None)
    assert words is None or words in told[0]


def test_no_more_is_to_be_had_where_the_rule_ends() -> None:
    """A single neighbour is the least that there can be: nothing lies beyond."""
    trials = [Trial(Candidate("logmel", "knn", detector_params={"n_neighbors": n}), _figures(0.7)) for n in (1, 4, 8)]
    report = Report("chosen", trials[0].candidate, _figures(0.6), None)
    assert all("beyond" not in note for note in remarks(SPACE, Metric.AUC, trials, 0, [report]))


def test_failures_and_undecided_features_are_told_of() -> None:
    trials, reports = _found(1, _gain((0.1, 0.02, 0.2)), failed="too few clips.")
    groups = [FeatureGroup(str(k), (k,), None, None, (k,)) for k in range(3)]
    undecided = Selection(groups, [Step(group, 0.5, _figures(0.5), _figures(0.5)) for group in groups], 2, 0)
    told = remarks(SPACE, Metric.AUC, trials, 1, reports, undecided)
    assert told[0] == "1 of 4 candidates could not be fitted; the first: too few clips."
    assert told[1].startswith("All features stay: 2 of 3 groups do better on the tuning part, but not clearly")


def test_everything_is_told_as_json(cell) -> None:
    trials, reports = _found(2, _gain((0.1, 0.02, 0.2)), failed="too few clips.")
    group = FeatureGroup("rms_db mean", ("rms_db mean",), None, None, (0,))
    selection = Selection([group], [Step(group, 0.5, _figures(0.5), _figures(0.4))], 1, 1)
    division = Division([cell()], [cell(section="02", snr_db=-6.0)], ["a note"])
    found = Tuned(SPACE, Metric.AUC, division, trials, 2, selection, reports, ["a note"], {"a.wav": "silent"})
    told = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert told["division"] == {"tuning": ["fan 00"], "reporting": ["fan 02 at -6 dB"]}
    chosen = told["reporting"][-1]["config"]
    assert {**told["config"], "features_params": chosen["features_params"]} == chosen
    assert told["config"]["features_params"]["pooling"] == [1.0]  # what the detector asks for is spelt out
    assert told["config"]["detector_params"] == {"n_neighbors": 8}
    assert told["tuning"][3] == {"config": trials[3].candidate.components(), "error": "too few clips."}
    assert told["reporting"][0]["gain"] is None
    assert told["reporting"][1]["gain"]["auc"] == {"value": 0.1, "ci": [0.02, 0.2]}
    assert told["features"]["keep"] == ["rms_db mean"]
    assert told["left_out"] == [{"file": "a.wav", "error": "silent"}]
