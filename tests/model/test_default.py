"""The default as users have it, on synthetic machines: what it finds, and that its promise holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

import offkey
from offkey.evaluation.metrics import auc
from offkey.synthetic import Plant, machines

RATE = 16_000
FAULTS = {
    "fan": ("bearing", "rattle"),
    "pump": ("leak", "cavitation"),
    "slider": ("rail_damage", "missing_stroke"),
    "valve": ("leak", "rattle"),
}
TRAIN, NEW, BAD = 60, 60, 8
PROMISED = 0.05

Scored = dict[str, tuple[list[offkey.Result], dict[str, list[offkey.Result]]]]


@pytest.fixture(scope="module")
def scored() -> Scored:
    """For each machine the results of new normal clips of two seconds, and of such with each fault."""
    plant, found = Plant(duration_s=2.0, rate=RATE), {}
    for machine in machines():
        normal = [plant.clip(machine, 0, number).samples for number in range(TRAIN + NEW)]
        model = offkey.fit(normal[:TRAIN], rate=RATE, false_alarm_rate=PROMISED)
        faulty = {
            fault: [plant.clip(machine, 0, TRAIN + NEW + number, fault=fault).samples for number in range(BAD)]
            for fault in FAULTS[machine]
        }
        of_faults = {fault: model.score(clips, rate=RATE) for fault, clips in faulty.items()}
        found[machine] = (model.score(normal[TRAIN:], rate=RATE), of_faults)
    return found


def _scores(results: list[offkey.Result]) -> np.ndarray:
    return np.array([result.score for result in results])


def test_faults_are_told_from_normal_clips(scored: Scored) -> None:
    found = {}
    for machine, (normal, faulty) in scored.items():
        for fault, results in faulty.items():
            scores = np.concatenate([_scores(normal), _scores(results)])
            found[machine, fault] = auc(np.repeat([0, 1], [NEW, BAD]), scores)
    assert min(found.values()) > 0.65, found  # a valve that rattles, whose own strokes do as well
    assert np.mean(list(found.values())) > 0.95, found


def test_new_normal_clips_alarm_as_often_as_promised(scored: Scored) -> None:
    """Within what 240 clips by four models of 60 clips may show: binomial, and the models' own chance beside it."""
    alarms = sum(bool(result.anomalous) for normal, _ in scored.values() for result in normal)
    low, high = binom.interval(0.99, NEW * len(scored), PROMISED)
    assert low <= alarms <= high


def test_p_values_of_new_normal_clips_are_even(scored: Scored) -> None:
    p_values = np.array([result.p_value for normal, _ in scored.values() for result in normal])
    assert abs(p_values.mean() - 0.5) < 0.1
    for share in (0.1, 0.25, 0.5):
        assert abs((p_values <= share).mean() - share) < 0.1


def test_faults_alarm(scored: Scored) -> None:
    alarms = [
        bool(result.anomalous) for _, faulty in scored.values() for results in faulty.values() for result in results
    ]
    assert np.mean(alarms) > 0.7
