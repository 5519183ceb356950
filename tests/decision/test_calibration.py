from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.decision import Calibration, share_bound
from offkey.decision.calibration import MOST_SURPRISING
from offkey.errors import ParameterError


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=60),
    st.lists(st.floats(-2e3, 2e3), min_size=1, max_size=20),
    st.floats(0.001, 0.999),
)
def test_threshold_and_p_value_say_the_same_where_the_rate_is_promised(
    normal: list[float], new: list[float], rate: float
) -> None:
    calibration = Calibration(normal)
    threshold = calibration.threshold(rate)
    scores = np.array(new + normal)
    if threshold.extrapolated:
        assert rate < calibration.least_rate
        assert threshold.value >= max(normal)
    else:
        np.testing.assert_array_equal(scores > threshold.value, calibration.p_values(scores) <= rate * (1 + 1e-12))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.05, 0.1, 0.3]))
def test_the_promised_rate_is_kept_on_average(seed: int, rate: float) -> None:
    """Of exchangeable scores at most the promised share is called anomalous, whatever their distribution."""
    rng = np.random.default_rng(seed)
    scores = rng.gamma(rng.uniform(0.5, 9), size=(400, 220))
    alarms = [np.mean(row[119:] > Calibration(row[:119]).threshold(rate).value) for row in scores]
    error = np.std(alarms) / np.sqrt(len(alarms))
    assert np.mean(alarms) <= rate + 4 * error


def test_p_values_are_ranks() -> None:
    calibration = Calibration([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(calibration.p_values([0, 1, 2.5, 4, 9]), [1, 1, 0.6, 0.4, 0.2])


def test_a_rate_beyond_the_promise_is_extrapolated_and_said() -> None:
    calibration = Calibration(np.random.default_rng(0).gamma(4, size=100))
    assert calibration.caveat(0.01) is None
    caveat = calibration.caveat(0.001)
    assert caveat is not None
    assert "With 100 normal clips, offkey can only guarantee 1 false alarm in 101." in caveat
    assert "Record 899 more normal clips to make it firm" in caveat
    assert calibration.threshold(0.001).extrapolated


def test_the_threshold_rises_without_a_jump_as_the_rate_is_lowered() -> None:
    calibration = Calibration(np.random.default_rng(0).gamma(4, size=100))
    highest = float(calibration.normal_scores[-1])
    assert calibration.threshold(calibration.least_rate * 1.0001).value == highest
    assert calibration.threshold(calibration.least_rate * 0.9999).value == pytest.approx(highest, rel=1e-3)
    values = [calibration.threshold(rate).value for rate in (0.3, 0.1, 0.02, 0.009, 0.003, 0.001, 1e-6)]
    assert values == sorted(values)
    assert len(set(values)) == len(values)


def test_a_threshold_by_hand_tells_its_rate() -> None:
    threshold = Calibration([1.0, 2.0, 3.0, 4.0]).at(2.5)
    assert (threshold.value, threshold.false_alarm_rate) == (2.5, 3 / 5)
    assert Calibration([1.0, 2.0, 3.0]).at(np.float32(2)).value == 2.0


@pytest.mark.parametrize("value", [float("nan"), "2", None])
def test_a_threshold_that_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ParameterError, match="must be a finite score"):
        Calibration([1.0, 2.0, 3.0]).at(value)


@pytest.mark.parametrize("rate", [0, 1, -0.1, 2, float("nan"), "0.1", None])
def test_a_rate_out_of_range_is_refused(rate: object) -> None:
    with pytest.raises(ParameterError, match="false-alarm rate must lie between 0 and 1"):
        Calibration([1.0, 2.0, 3.0]).threshold(rate)


@pytest.mark.parametrize("scores", [[], [1.0, 2.0], [1.0, 2.0, np.nan]])
def test_too_few_or_broken_scores_are_refused(scores: list[float]) -> None:
    with pytest.raises(ParameterError, match="at least 3 finite scores"):
        Calibration(scores)


def test_the_bound_of_a_share_falls_with_the_root_of_the_number_of_clips() -> None:
    assert share_bound(10_000) == pytest.approx(0.01358, abs=1e-5)  # the two-sided Kolmogorov-Smirnov quantile is 1.358
    assert share_bound(100) == pytest.approx(10 * share_bound(10_000))
    assert share_bound(100, 0.99) > share_bound(100, 0.95)
    assert share_bound(1) == 1


def test_surprises_follow_the_p_values_and_go_on_beyond_them() -> None:
    calibration = Calibration(np.random.default_rng(0).gamma(4, size=80))
    scores = np.linspace(0, 40, 200)
    found = calibration.surprises(scores)
    assert (np.diff(found) >= 0).all()
    known = scores <= calibration.normal_scores[-1]
    np.testing.assert_allclose(found[known], -np.log(calibration.p_values(scores[known])))
    assert found[-1] > found[known][-1] + 3
    assert np.isnan(calibration.surprises([np.nan, 1.0])).tolist() == [True, False]
    assert calibration.surprises(1e9) == MOST_SURPRISING
