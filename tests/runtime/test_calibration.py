from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.decision import Calibration as Reference
from offkey.runtime.calibration import Calibration, Tail

FINITE = st.floats(-50, 50)


def _both(normal: list[float]) -> tuple[Calibration, Reference]:
    reference = Reference(normal)
    tail = Tail(**asdict(reference.tail))
    return Calibration(sorted(normal), reference.threshold(0.05).value, tail), reference


@settings(deadline=None)
@given(st.lists(FINITE, min_size=3, max_size=60), st.lists(FINITE | st.floats(-1e6, 1e6), max_size=30))
def test_p_values_surprises_and_decisions_are_those_of_offkey(normal: list[float], scores: list[float]) -> None:
    small, reference = _both(normal)
    scores = [*scores, *normal]
    assert [small.p_value(score) for score in scores] == reference.p_values(scores).tolist()
    expected = reference.surprises(scores)
    np.testing.assert_allclose([small.surprise(score) for score in scores], expected, rtol=1e-9, atol=1e-12)
    threshold = reference.threshold(0.05).value
    assert [small.is_anomalous(score) for score in scores] == [score > threshold for score in scores]


@pytest.mark.parametrize("skew", [0.3, 1.0, 6.0])
def test_surprises_go_on_beyond_the_normal_scores_up_to_their_end(skew: float) -> None:
    normal = np.random.default_rng(0).gamma(skew, size=99).tolist()
    small, reference = _both(normal)
    scores = np.linspace(max(normal), max(normal) + 60, 300)
    found = [small.surprise(score) for score in scores.tolist()]
    np.testing.assert_allclose(found, reference.surprises(scores), rtol=1e-9)
    assert found[-1] == 30
    assert np.isnan([small.surprise(score) for score in (np.nan, np.inf)]).all()
