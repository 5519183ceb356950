from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.decision.events import Excursion, FastPath, excursions, smooth
from offkey.runtime.errors import EdgeError

VALUES = st.lists(st.floats(0, 30) | st.just(float("nan")), max_size=120)


@settings(deadline=None)
@given(VALUES, st.floats(0.2, 20), st.floats(0, 8), st.floats(0, 8), st.integers(0, 9), st.integers(1, 120))
def test_windows_in_any_cuts_give_the_events_of_the_whole_series(
    values: list[float], half_life: float, level: float, more: float, hold: int, cut: int
) -> None:
    smoothed = smooth(values, half_life, usual=1.0, hold=hold)
    whole = [found for found in excursions(smoothed, level, hold) if found.peak >= level + more]
    path = FastPath(half_life=half_life, open_at=level + more, close_at=level, hold=hold, usual=1.0)
    found = [event for first in range(0, len(values), cut) for event in path.feed(values[first : first + cut])]
    assert [*found, *([path.event] if path.event else [])] == whole


def test_the_average_forgets_half_in_its_half_life() -> None:
    step = smooth([0.0] + [1.0] * 40, 4.0, usual=0.0, hold=9)
    assert step[4] == pytest.approx(0.5)
    assert step[8] == pytest.approx(0.75)
    np.testing.assert_array_equal(smooth([np.nan, 2.0, np.nan, 2.0], 3.0, usual=2.0, hold=1), [np.nan, 2.0, 2.0, 2.0])


def test_the_average_begins_anew_at_the_usual_value_after_a_long_gap() -> None:
    """Neither the first window after a gap nor what was before it is an event by itself."""
    series = [9.0] * 5 + [np.nan] * 3 + [9.0]
    smoothed = smooth(series, 1.0, usual=1.0, hold=2)
    assert smoothed[4] == smoothed[6] == 9 - 8 * 0.5**5
    assert np.isnan(smoothed[7])
    assert smoothed[8] == 5.0


def test_short_dips_do_not_part_an_event() -> None:
    series = [0, 5, 5, 0, 0, 6, 0, 0, 0, 7, 0]
    assert excursions(series, 4, hold=2) == [Excursion(1, 5, 6.0), Excursion(9, 9, 7.0)]
    assert excursions(series, 4, hold=3) == [Excursion(1, 9, 7.0)]
    assert excursions(series, 8, hold=3) == []


def test_one_event_goes_on_until_the_machine_has_been_normal_for_a_while() -> None:
    path = FastPath(half_life=0.01, open_at=5, close_at=1, hold=2, usual=0)
    assert list(path.feed([0, 2, 3, 2])) == []
    assert path.event is None
    assert list(path.feed([6, 2, 0, 2, 0, 0])) == []
    assert path.event == Excursion(1, 7, 6.0)
    assert list(path.feed([0])) == [Excursion(1, 7, 6.0)]
    assert path.event is None


def test_levels_in_the_wrong_order_and_no_half_life_are_refused() -> None:
    with pytest.raises(EdgeError, match=r"An event opens at 2, where it closes, or above\. Got 1 instead"):
        FastPath(half_life=1, open_at=1, close_at=2, hold=0, usual=0)
    with pytest.raises(EdgeError, match=r"half-life must be above 0 windows\. Got 0 instead"):
        smooth([1.0], 0, usual=0, hold=0)
