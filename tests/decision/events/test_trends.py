from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from offkey.decision.events import trends

MINUTE, DAY = 60.0, 86_400.0


def minutes(days: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return times and means of minutes of a machine whose scores depend on those of the minutes before."""
    noise = np.random.default_rng(seed).standard_normal(int(days * 1440))
    at = np.arange(1, len(noise) + 1) * MINUTE
    return at, 0.1 * lfilter([1.0], [1.0, -0.8], noise)


def test_wear_is_seen_over_days_and_weeks_with_its_interval() -> None:
    at, values = minutes(100)
    values += 0.02 * at / DAY
    hours, days, weeks = trends(at, values, at[-1])
    assert (hours.per, days.per, weeks.per) == ("hour", "day", "week")
    assert days.low < 0.02 < days.high
    assert days.slope == pytest.approx(0.02, rel=0.2)
    assert weeks.slope == pytest.approx(0.14, rel=0.1)
    assert (days.is_clear, weeks.is_clear, weeks.points) == (True, True, 12)
    assert weeks.sentence().startswith("rising by 0.14 a week (0.1")
    falling = trends(at, -values, at[-1])[2].sentence()
    assert falling.startswith("falling by 0.14 a week (0.1")


def test_outliers_move_no_trend() -> None:
    at, values = minutes(14)
    values[-1440 : -1440 + 600] += 50.0
    _, days = trends(at, values, at[-1])
    assert abs(days.slope) < 0.01


def test_a_steady_machine_is_called_steady_most_of_the_time() -> None:
    clear = [[one.is_clear for one in trends(*minutes(14, seed), 14 * DAY)] for seed in range(60)]
    assert (np.mean(clear, axis=0) <= 0.15).all()
    assert trends(*minutes(14), 14 * DAY)[1].sentence() == "steady over 14 days"


def test_nothing_is_said_without_enough_sound() -> None:
    at, values = minutes(6.9 / 24)
    assert trends(at, values, at[-1]) == []
    assert trends([], [], 0.0) == []
    at, values = minutes(8)
    assert [one.per for one in trends(at, values, at[-1])] == ["hour", "day"]
    values[-20 * 60 :] = np.nan
    assert [one.per for one in trends(at, values, at[-1])] == ["day"]


def test_what_comes_later_does_not_count() -> None:
    at, values = minutes(14)
    later = np.where(at > 7 * DAY, 100.0, values)
    assert trends(at, later, 7 * DAY)[0] == trends(at, values, 7 * DAY)[0]
