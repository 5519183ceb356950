from __future__ import annotations

import numpy as np
import pytest

from offkey.decision import Calibration, Move, Recalibrated
from offkey.decision.recalibrated import location, spread
from offkey.errors import ParameterError


def test_location_and_spread_hardly_mind_two_odd_scores_of_ten() -> None:
    scores = np.random.default_rng(0).normal(3, 2, 10)
    odd = np.r_[scores[:8], 1e6, 1e6]
    assert abs(location(odd) - location(scores)) < 2
    assert spread(odd) < 6 * spread(scores)
    many = np.random.default_rng(1).gamma(4, size=20_000)
    assert location(many) == pytest.approx(np.median(many + many[::-1]) / 2, abs=0.1)
    assert spread(np.random.default_rng(2).normal(size=20_000)) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("shape", ["normal", "gamma"])
@pytest.mark.parametrize(("offset", "ratio"), [(0, 1), (5, 1), (5, 1.5)])
def test_ten_clips_keep_the_promise_on_average(shape: str, offset: float, ratio: float) -> None:
    rng = np.random.default_rng(0)
    draw = {"normal": rng.standard_normal, "gamma": lambda n: rng.gamma(4, 0.5, n)}[shape]
    alarms, held = [], []
    for _ in range(300):
        before, new, later = draw(100), offset + ratio * draw(10), offset + ratio * draw(500)
        found = Recalibrated(before, Move.between(before, new, 10))
        rate = found.realised_rate(0.05)
        share = float((later > found.threshold(0.05).value).mean())
        alarms.append(share)
        held.append(rate.low <= share <= rate.high)
    assert 0.02 < np.mean(alarms) < 0.08
    assert np.mean(held) > 0.9


def test_the_clips_that_moved_it_are_what_it_promises_by() -> None:
    before = np.random.default_rng(0).standard_normal(200)
    found = Recalibrated(before, Move(10, 2.0, 1.0))
    assert not Calibration(before).threshold(0.05).extrapolated
    assert found.threshold(0.05).extrapolated
    assert not found.threshold(0.1).extrapolated
    assert "Rates below 1 in 11 are estimates" in str(found.caveat(0.05))
    assert found.caveat(0.1) is None
    few, many = (Recalibrated(before, Move(n, 2.0, 1.0)).realised_rate(0.05) for n in (5, 500))
    assert few.high - few.low > many.high - many.low
    assert found.threshold(0.2).value == pytest.approx(2 + np.sqrt(1.1) * np.quantile(before, 0.8), abs=0.2)


@pytest.mark.parametrize("values", [(1, 0.0, 1.0), (10, np.nan, 1.0), (10, 0.0, -1.0), (10, 0.0, np.inf)])
def test_a_move_that_cannot_be_is_refused(values: tuple[int, float, float]) -> None:
    with pytest.raises(ParameterError, match="A recalibration needs"):
        Move(*values)
