from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import EventRate
from offkey.errors import ParameterError

GARWOOD = {0: (0.0, 3.689), 1: (0.0253, 5.572), 5: (1.623, 11.668), 10: (4.795, 18.390), 50: (37.11, 65.92)}
"""95 % limits of a Poisson mean: E. Pearson & H. Hartley, Biometrika Tables for Statisticians, 1966, table 40."""


@pytest.mark.parametrize("events", GARWOOD)
def test_the_interval_is_that_of_the_tables(events: int) -> None:
    assert EventRate(events, 7.0).interval() == pytest.approx(GARWOOD[events], rel=1e-3)


@pytest.mark.parametrize(("days", "bound"), [(7.0, 3.106), (21.0, 1.088), (3.5, 6.102), (364.0, 0.064)])
def test_silent_days_bound_the_rate(days: float, bound: float) -> None:
    assert EventRate(0, days).bound() == pytest.approx(bound, rel=5e-3)
    assert EventRate(0, days).per_week == 0


def test_more_events_and_less_time_raise_all_ends() -> None:
    few, many, short = EventRate(2, 14.0), EventRate(3, 14.0), EventRate(2, 7.0)
    for more in (many, short):
        assert all(low < high for low, high in zip(few.interval(), more.interval(), strict=True))
        assert few.bound() < more.bound()
    assert few.interval(0.5)[1] < few.interval(0.95)[1]


@pytest.mark.parametrize("days", [7.0, 28.0])
@pytest.mark.parametrize("events", [0, 3, 30])
def test_of_thresholds_set_by_a_shadow_as_few_break_the_bound_as_stated(events: int, days: float) -> None:
    """A threshold right above the event N + 1 of a Poisson process, and the events above it in 60 days."""
    rng = np.random.default_rng(0)
    rates = rng.gamma(events + 1, size=20_000) / days
    came = rng.poisson(rates * 60) / 60 * 7
    rate = EventRate(events, days)
    low, high = rate.expected_interval()
    assert 0.94 < np.mean(came <= rate.bound()) < 0.97
    assert np.mean((low <= rates * 7) & (rates * 7 <= high)) == pytest.approx(0.95, abs=0.01)
    assert rates.mean() * 7 == pytest.approx(rate.expected, rel=0.03)


@pytest.mark.parametrize(("events", "days"), [(-1, 3.0), (2, 0.0), (2, float("nan"))])
def test_what_is_no_count_in_a_time_is_refused(events: int, days: float) -> None:
    with pytest.raises(ParameterError, match="An event rate needs a count of 0 or more in a time above 0 days"):
        EventRate(events, days)
