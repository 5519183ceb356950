"""Rates and times in words."""

from __future__ import annotations

import pytest

from offkey.decision.events import duration, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [(1432.0, "1400"), (87.4, "87"), (0.9, "0.9"), (0.0814, "0.081"), (0.00002, "0.00002"), (7.0, "7"), (0.0, "0")],
)
def test_a_rate_has_two_digits_and_no_exponent(value: float, text: str) -> None:
    assert rounded(value) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (11.4, "11 days"),
        (2.5, "2.5 days"),
        (1.25, "30 hours"),
        (0.0216, "31 minutes"),
        (365.2, "365 days"),
        (0.0, "0 minutes"),
    ],
)
def test_a_time_has_the_largest_unit_of_which_it_is_two_or_more(days: float, text: str) -> None:
    assert duration(days) == text
