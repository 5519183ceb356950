"""Decisions and events in C are those of Python."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.export.c.compiling import build, needs, windows
from tests.export.c.machine import fitted, hum

from offkey.decision import Calibration
from offkey.decision.events import FastPath
from offkey.export.c import c_sources
from offkey.export.c.cut import Cut
from offkey.export.c.decision import calibration_of, runtime_calibration
from offkey.export.c.replay import window_scores

RULE = {"half_life": 3.0, "open_at": 4.0, "close_at": 2.0, "hold": 4, "usual": 1.0}


@needs("gcc")
def test_events_are_those_of_the_fast_path(tmp_path: Path) -> None:
    model = fitted(detector="mahalanobis")
    parts = [hum(3, 1), hum(1, 2, rattle=0.05), np.zeros(14_000, np.int16), hum(4, 3), hum(1, 4, rattle=0.2), hum(6, 5)]
    sound = np.concatenate(parts)
    calibration = {**calibration_of(model), "events": {**RULE, "hop_s": 0.096, "from": "a test"}}
    program = build(c_sources(model, calibration, hop_s=0.1), tmp_path)
    scores, found = window_scores(model, Cut.of(model, 0.1), sound), windows(program, sound)
    path, ended = FastPath(**RULE), []
    for number, value in enumerate(model.calibration.surprises(scores)):
        ends = list(path.feed([value]))
        state = 1 if path.event else 2 if ends else 0
        assert found["event"][number] == state, number
        if (one := path.event or (ends[0] if ends else None)) is not None:
            told = [found[name][number] for name in ("first", "last", "peak")]
            np.testing.assert_allclose(told, [one.first, one.last, one.peak], rtol=1e-3)
        ended += ends
    assert len(ended) == 3
    assert np.isnan(scores).any()


@pytest.mark.parametrize("seed", range(4))
def test_surprises_are_those_of_the_calibration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    calibration = Calibration(rng.gamma(3, size=20 * (seed + 1)))
    threshold = calibration.threshold(0.05).value
    values = {"normal_scores": calibration.normal_scores, "tail": vars(calibration.tail), "threshold": threshold}
    scores = np.concatenate([rng.gamma(3, size=50), np.linspace(0, 100, 50), calibration.normal_scores])
    decides = runtime_calibration(values)
    found = [decides.surprise(score) for score in scores.tolist()]
    np.testing.assert_allclose(found, calibration.surprises(scores), rtol=1e-9)
    np.testing.assert_array_equal([decides.p_value(score) for score in scores], calibration.p_values(scores))


@needs("gcc")
def test_the_tail_reaches_to_the_most_that_surprises(tmp_path: Path) -> None:
    """Of louder and louder noise, whose scores lie anywhere beyond the normal ones."""
    model = fitted(detector="mahalanobis")
    sound = np.concatenate([hum(1.2, seed, rattle=0.0002 * 1.5**seed) for seed in range(16)])
    program = build(c_sources(model, hop_s=0.1), tmp_path)
    found = windows(program, sound)
    expected = model.calibration.surprises(window_scores(model, Cut.of(model, 0.1), sound))
    np.testing.assert_allclose(found["surprise"], expected, atol=2e-3)
    beyond = (expected > -math.log(model.calibration.least_p_value)) & (expected < 30)
    assert beyond.sum() > 10
    assert (expected == 30).any()


@needs("gcc")
def test_an_edited_calibration_counts(tmp_path: Path) -> None:
    model, sound = fitted(detector="mahalanobis"), hum(3.0, 9)
    scores = window_scores(model, Cut.of(model, 0.1), sound)
    threshold = float(np.median(scores))
    normal = np.sort(scores)[::2]
    calibration = {**calibration_of(model), "threshold": threshold, "normal_scores": normal}
    found = windows(build(c_sources(model, calibration, hop_s=0.1), tmp_path), sound)
    clear = np.abs(scores - threshold) > 1e-4
    assert (found["anomalous"] == (scores > threshold))[clear].all()
    assert 0 < found["anomalous"].sum() < len(scores)
    assert found["p_value"].min() == pytest.approx(1 / (len(normal) + 1))
