"""What is held back stands in the daily digest, once a calendar day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from tests.watch.advisory.conftest import NOON

from offkey.watch.advisory.digest import Digest
from offkey.watch.advisory.notice import Notice
from offkey.watch.advisory.policy import Decision
from offkey.watch.advisory.settings import MessageSettings

BERLIN = ZoneInfo("Europe/Berlin")
MakeNotice = Callable[..., Notice]


def test_what_was_held_back_is_listed_with_its_reason(notice: MakeNotice) -> None:
    digest = Digest(MessageSettings(), BERLIN)
    digest.take(Decision(notice(), "new", "quiet hours"), NOON)
    digest.take(Decision(notice("end", "alarm"), "end", "quiet hours"), NOON)
    digest.take(Decision(notice(event="e2"), "new", "cool-down"), NOON)
    digest.take(Decision(notice(event="e2"), "new"), NOON)
    found = digest.due(NOON, is_quiet=False)
    assert found is not None
    assert (found.kind, found.notice.event, found.notice.level) == ("digest", "digest-2027-01-15", "alarm")
    assert found.notice.text == (
        "1 episode was held back:\n- pump: alarm, 2027-01-15 13:00 to 13:00 (quiet hours): It hums."
    )


@pytest.mark.parametrize(
    ("begin", "days"),
    [
        (datetime(2026, 10, 24, 0, 0, tzinfo=UTC), ["2026-10-24", "2026-10-25", "2026-10-26"]),
        (datetime(2027, 3, 27, 0, 0, tzinfo=UTC), ["2027-03-27", "2027-03-28", "2027-03-29"]),
    ],
)
def test_a_digest_comes_once_a_calendar_day_also_where_its_hour_comes_twice_or_not_at_all(
    notice: MakeNotice, begin: datetime, days: list[str]
) -> None:
    digest = Digest(MessageSettings(digest_at=time(2, 30)), BERLIN)
    found = []
    for minute in range(3 * 24 * 60):
        now = begin.timestamp() + 60 * minute
        digest.take(Decision(notice(event=f"e{minute}"), "new", "cool-down"), now)
        if (decision := digest.due(now, is_quiet=False)) is not None:
            digest.take(decision, now)
            found.append(decision.notice.event)
    assert found == [f"digest-{day}" for day in days]


def test_a_digest_waits_for_the_end_of_quiet_hours_and_for_something_to_list(notice: MakeNotice) -> None:
    digest = Digest(MessageSettings(), BERLIN)
    assert digest.due(NOON, is_quiet=False) is None
    digest.take(Decision(notice(), "new", "quiet hours"), NOON)
    assert digest.due(NOON, is_quiet=True) is None
    assert digest.due(NOON - 7 * 3600, is_quiet=False) is None
    assert digest.due(NOON, is_quiet=False) is not None
