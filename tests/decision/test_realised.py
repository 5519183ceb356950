from __future__ import annotations

import numpy as np
import pytest

from offkey.decision import (
    Calibration,
    chance_of_alarms,
    describe_p_value,
    describe_realised,
    false_alarms_of,
    realised_rate,
)
from offkey.errors import ParameterError


@pytest.mark.parametrize(("n", "rate"), [(20, 0.05), (60, 0.05), (100, 0.01), (300, 0.01), (60, 0.01), (20, 0.01)])
def test_nine_of_ten_sets_of_clips_keep_within_it(n: int, rate: float) -> None:
    """Of exchangeable scores, whatever their distribution; an extrapolated threshold lies above the highest."""
    rng = np.random.default_rng(0)
    found = realised_rate(n, rate)
    shares = []
    for _ in range(2000):
        threshold = Calibration(rng.exponential(size=n)).threshold(rate)
        assert threshold.extrapolated == found.extrapolated
        shares.append(np.exp(-threshold.value))  # the share of new scores above it
    within = np.mean([found.low <= share <= found.high for share in shares])
    assert within >= 0.9 - 0.02
    if not found.extrapolated:
        assert within <= 0.9 + 0.02
        assert np.mean(shares) <= rate * 1.02


def test_it_is_said_in_one_sentence() -> None:
    said = describe_realised(60, 0.05)
    assert said == (
        "With 60 normal clips, a promised false-alarm rate of 0.01 becomes 0 to 0.049 (an estimate; 99 clips would "
        "guarantee it), and one of 0.05 becomes 0.014 to 0.1, in 9 of 10 such fits."
    )
    assert "one of 0.2 becomes 0.1" in describe_realised(60, 0.2)
    assert describe_realised(60, 0.05, recordings=60) == said
    assert "With 60 windows of 4 recordings, " in describe_realised(60, 0.05, recordings=4)
    assert "a wider range as windows of a recording are alike" in describe_realised(60, 0.05, recordings=4)


def test_a_p_value_beyond_all_clips_is_said_to_be_the_least() -> None:
    calibration = Calibration(np.arange(60.0))
    beyond, highest, low = (describe_p_value(p, 60) for p in calibration.p_values([1000.0, 59.0, 3.5]).tolist())
    assert beyond == "beyond all 60 normal clips (p at most 1/61, the least that 60 clips can show)"
    assert highest == "p-value 0.033"
    assert low == "p-value 0.93"


@pytest.mark.parametrize(("n", "rate"), [(0, 0.1), (10, 0), (10, 1), (10, float("nan"))])
def test_what_cannot_be_is_refused(n: int, rate: float) -> None:
    with pytest.raises(ParameterError, match="at least one clip and a rate between 0 and 1"):
        realised_rate(n, rate)


@pytest.mark.parametrize(("n", "rate", "m"), [(60, 0.05, 21), (300, 0.01, 360), (30, 0.1, 5)])
def test_false_alarms_lie_in_nine_of_ten_cases_within_the_interval(n: int, rate: float, m: int) -> None:
    """Of exchangeable scores: `n` to set the threshold, `m` to be scored."""
    rng = np.random.default_rng(1)
    low, high = false_alarms_of(n, rate, m)
    counts = np.array(
        [
            (rng.exponential(size=m) > Calibration(rng.exponential(size=n)).threshold(rate).value).sum()
            for _ in range(2000)
        ]
    )
    assert np.mean((counts >= low) & (counts <= high)) >= 0.9 - 0.02
    assert np.mean(counts > high) <= 0.05 + 0.02
    assert np.mean(counts < low) <= 0.05 + 0.02


def test_of_an_extrapolated_rate_there_may_be_none() -> None:
    assert false_alarms_of(20, 0.001, 10) == (0, false_alarms_of(20, 1 / 21, 10)[1])


def test_the_chance_of_so_many_alarms_is_that_of_scores_that_are_drawn() -> None:
    rng, n, m, rank, most = np.random.default_rng(0), 40, 20, 4, 5
    scores = rng.standard_normal((20_000, n + m))
    value = np.sort(scores[:, :n], axis=1)[:, n - rank]
    count = (scores[:, n:] > value[:, None]).sum(axis=1)
    assert chance_of_alarms(n, rank / (n + 1), m, most) == pytest.approx((count >= most).mean(), abs=0.01)
    assert chance_of_alarms(n, 0.1, m, 0) == 1.0
    with pytest.raises(ParameterError, match="between 0 and 1"):
        chance_of_alarms(n, 1.0, m, 1)
