"""Times by the clocks of the plant, on both days on which they change."""

from __future__ import annotations

import pytest

from offkey.errors import UsageError
from offkey.watch.life.times import time_to_come

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5400),
        ("1.5h", 5400),
        ("2d", 172_800),
        ("2027-01-15 10:00", 3600),
        ("2027-01-15T10:00+00:00", 7200),
        ("2027-03-28 12:00", 6_228_000),  # after the clocks went forward
    ],
)
def test_a_time_to_come_is_a_span_or_a_time_on_the_wall(text: str, seconds: float) -> None:
    assert time_to_come(text, "Europe/Berlin", NOW) == NOW + seconds


def test_what_has_passed_or_is_no_time_is_refused() -> None:
    with pytest.raises(UsageError, match=r"has passed: it is 2027-01-15 09:00:00 CET now"):
        time_to_come("2027-01-15 08:59", "Europe/Berlin", NOW)
    with pytest.raises(UsageError, match="cannot be read: give a span"):
        time_to_come("tomorrow", "Europe/Berlin", NOW)
    with pytest.raises(UsageError, match="has passed"):
        time_to_come("0h", "Europe/Berlin", NOW)


@pytest.mark.parametrize("text", ["3661d", "9999999d", f"{'9' * 400}h", "2040-01-01", "9999-12-31 23:59"])
def test_a_time_that_nobody_means_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="more than 10 years from now"):
        time_to_come(text, "Europe/Berlin", NOW)
