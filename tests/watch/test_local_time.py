"""Times by the clocks of a plant, on both days on which they change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from offkey.watch.local_time import local, local_text, utc_stamp

ENDS, BEGINS = 1_792_890_000, 1_806_195_600  # summer time, on 25 October 2026 and 28 March 2027, at 01:00 UTC


@pytest.mark.parametrize(
    ("seconds", "zone", "text"),
    [
        (ENDS - 1, "Europe/Berlin", "2026-10-25 02:59:59 CEST"),
        (ENDS, "Europe/Berlin", "2026-10-25 02:00:00 CET"),
        (BEGINS - 1, "Europe/Berlin", "2027-03-28 01:59:59 CET"),
        (BEGINS, "Europe/Berlin", "2027-03-28 03:00:00 CEST"),
        (ENDS, "UTC", "2026-10-25 01:00:00 UTC"),
        (ENDS + 0.75, "Asia/Kolkata", "2026-10-25 06:30:00 IST"),
    ],
)
def test_a_time_is_shown_with_the_name_of_what_the_clocks_show(seconds: float, zone: str, text: str) -> None:
    assert local_text(seconds, zone) == text


def test_the_days_on_which_the_clocks_change_have_25_and_23_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = [local(ENDS - 3 * 86_400 + 3600 * k, berlin).date().isoformat() for k in range(7 * 24)]
    assert [hours.count(f"2026-10-{day}") for day in (24, 25, 26)] == [24, 25, 24]
    hours = [local(BEGINS - 3 * 86_400 + 3600 * k, berlin).date().isoformat() for k in range(7 * 24)]
    assert [hours.count(f"2027-03-{day}") for day in (27, 28, 29)] == [24, 23, 24]


def test_names_of_files_have_utc_to_the_second_and_sort_by_time() -> None:
    stamps = [utc_stamp(seconds) for seconds in (0.0, 1_800_000_010.9, 1_800_000_011.0)]
    assert stamps == ["19700101T000000Z", "20270115T080010Z", "20270115T080011Z"]
