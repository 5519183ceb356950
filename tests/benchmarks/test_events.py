from __future__ import annotations

import numpy as np
import pytest
from benchmarks.events import DAY, counted, delay_s, scores, surprises

from offkey.decision.events import ALLOWED, Shadow


def test_scores_depend_on_those_before_them_as_asked() -> None:
    series = scores(2, 0.9, np.random.default_rng(0))
    assert len(series) == 2 * DAY
    assert np.corrcoef(series[:-1], series[1:])[0, 1] == pytest.approx(0.9, abs=0.03)


def test_each_sensitivity_is_counted_on_each_machine() -> None:
    found = counted(machines=2, days=2, memory=0.0, shadow_days=3)
    assert found is not None
    assert list(found) == list(ALLOWED)
    assert all(len(kept.inside) == len(kept.slow) == 2 for kept in found.values())
    assert found[0].bounds[0] < found[30].bounds[0]
    assert counted(machines=1, days=1, memory=0.99, shadow_days=1) is None


def test_a_fault_is_found_after_it_begins() -> None:
    series = scores(8, 0.0, np.random.default_rng(1))
    shadow = Shadow(surprises(series[: 7 * DAY]), hop_s=5.0)
    rule, new = shadow.sensitivity(1).rule, series[7 * DAY :]
    new[1000:1100] += 9
    assert 0 < delay_s(surprises(new), 1000, rule, shadow) < 120
    assert delay_s(surprises(new[:1001] - 9), 1000, rule, shadow) == np.inf
