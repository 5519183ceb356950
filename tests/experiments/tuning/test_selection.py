from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import UsageError
from offkey.experiments.candidate import Candidate
from offkey.experiments.measures import Figures, Metric, mean_figure
from offkey.experiments.reader import CellFeatures
from offkey.experiments.tuning.selection import (
    FeatureGroup,
    Selection,
    Step,
    groups_of,
    kept_scores,
    n_best,
    n_sets,
    rank,
)
from offkey.hearing.batch import ClipFeatures, WindowFeatures

CHOSEN = Candidate(
    "logmel",
    "knn",
    features_params={"pooling": [1.0], "deviation": False, "change": False, "lulls": False, "n_mels": 8},
)


@pytest.fixture
def read(cell) -> list[CellFeatures]:
    """Eight bands, of which 2 tells a lot, 5 some, and the others nothing but noise."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200).astype(np.int8)
    test = rng.normal(size=(400, 8))
    test[:, 2] += 2.5 * labels
    test[:, 5] += 2 * labels
    one = cell(labels=tuple(labels.tolist()))
    train = rng.normal(size=(200, 8)).astype(np.float32)
    features = [[_clip(row) for row in rows.astype(np.float32)] for rows in (train, test)]
    return [CellFeatures(one, *features)]


def _clip(vector: np.ndarray) -> ClipFeatures:
    return ClipFeatures("clip.wav", [WindowFeatures(0, 1, vector)])


def test_bands_are_joined_and_named_in_hz() -> None:
    params = {"pooling": [1.0, 0.5], "lulls": True}
    groups = groups_of(Candidate("logmel", "knn", features_params=params), 16_000, 17)
    assert len(groups) == 17
    assert (groups[16].name, groups[16].keep) == ("tail", tuple(range(128, 144)))
    assert groups[0].keep == tuple(range(8))
    assert groups[0].columns[:9] == (0, 1, 2, 3, 4, 5, 6, 7, 128)
    assert groups[0].high_hz == groups[1].low_hz
    assert groups[1].name.endswith(" Hz")
    columns = sorted(column for group in groups for column in group.columns)
    assert columns == list(range(2 * 128 + 6 * 16))


def test_statistics_and_coefficients_stay_by_themselves() -> None:
    names = [group.name for group in groups_of(Candidate("stats", "knn"), 16_000, 4)]
    assert len(names) == 40
    assert names[0] == "rms_db mean"
    kept = groups_of(Candidate("mfcc", "knn", features_params={"keep": [3, 1]}), 16_000, 4)
    assert [(group.name, group.keep, group.columns) for group in kept] == [
        ("coefficient 1", (1,), (0, 2)),
        ("coefficient 3", (3,), (1, 3)),
    ]


def test_one_band_is_nothing_to_select_from() -> None:
    with pytest.raises(UsageError, match="'mfcc' has nothing to select from: it has 1 parts"):
        groups_of(Candidate("mfcc", "knn", features_params={"n_mfcc": 1}), 16_000)


def test_what_tells_comes_first(read: list[CellFeatures]) -> None:
    groups = groups_of(CHOSEN, 16_000, 8)
    counted: list[int] = []
    ranked = rank(read, CHOSEN, groups, Metric.AUC, 8, advance=lambda: counted.append(1))
    assert [group.keep for group, _ in ranked[:2]] == [(2,), (5,)]
    assert len(counted) == n_sets(8, 8) == 36
    alone = {group.keep[0]: figure for group, figure in ranked}
    assert alone[2] > alone[5] > max(alone[k] for k in (0, 1, 3, 4, 6, 7))
    assert len(rank(read, CHOSEN, groups, Metric.AUC, 3)) == 3


def test_each_step_is_the_best_of_what_could_be_added(read: list[CellFeatures]) -> None:
    groups = groups_of(CHOSEN, 16_000, 8)
    order = [group for group, _ in rank(read, CHOSEN, groups, Metric.PAUC, 4)]
    for k in range(4):
        tried = {
            group: mean_figure(kept_scores(read, CHOSEN, groups, [*order[:k], group]), Metric.PAUC)
            for group in groups
            if group not in order[:k]
        }
        assert tried[order[k]] == max(tried.values())


def test_fewer_are_best_only_if_they_beat_all() -> None:
    def steps(values: list[float]) -> list[Step]:
        found = [Figures(value, (0, 1), 0.5, (0, 1), ()) for value in values]
        return [Step(None, None, one, one) for one in found]

    assert n_best(steps([0.7, 0.9, 0.8, 0.85]), Metric.AUC) == 2
    assert n_best(steps([0.7, 0.9, 0.9, 0.85]), Metric.AUC) == 2  # the fewest of equals
    assert n_best(steps([0.7, 0.85, 0.8, 0.85]), Metric.AUC) == 0


def test_what_is_kept_stands_in_the_order_of_the_vector() -> None:
    groups = [FeatureGroup(str(k), (2 * k, 2 * k + 1), 0.0, 1.0, (k,)) for k in range(4)]
    nothing = Figures(0.5, (0, 1), 0.5, (0, 1), ())
    steps = [Step(groups[k], 0.5, nothing, nothing) for k in (3, 0, 1)]
    assert Selection(groups, steps, 2, 2).keep == [0, 1, 6, 7]
    assert Selection(groups, steps, 2, 0).keep is None
