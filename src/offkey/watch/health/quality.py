"""The quality of a plant's alarms, by measures of ANSI/ISA-18.2-2016, clause 16, "Monitoring and assessment".

An alarm that nobody needs to act upon, or that nobody looks at, is worse than none: people stop looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["AlarmQuality", "alarm_quality"]

_WEEK_S = 7 * 86_400.0
_STALE_S = 86_400.0  # an event that has gone on for so long, or waits for a review
_WORST = 3

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class AlarmQuality:
    """Measures of the events that began within a span of time.

    Parameters
    ----------
    days : float
        The span.
    events : int
        How many began.
    per_week : float
        The same, a week.
    true, false, expected : int
        How many were reviewed so, by the newest review of each.
    review_s : float or None
        Median time from the begin of an event to its first review, in seconds; None without one.
    worst : list of (str, int)
        The three machines with most events, with their counts.
    stale : list of dict
        Events that have gone on for more than a day, and events older than a day without a review; the oldest first.
    """

    days: float
    events: int
    per_week: float
    true: int
    false: int
    expected: int
    review_s: float | None
    worst: list[tuple[str, int]]
    stale: list[Mapping[str, Any]]

    @property
    def share_true(self) -> float | None:
        """The share of true events among those that were reviewed as true or false; None without one."""
        judged = self.true + self.false
        return self.true / judged if judged else None


def alarm_quality(events: Rows, reviews: Rows, *, since: float, now: float) -> AlarmQuality:
    """Measure the quality of alarms.

    Parameters
    ----------
    events : iterable of mapping
        As of `Store.events`.
    reviews : iterable of mapping
        As of `LifeRows.reviews`, in the order of time.
    since, now : float
        The span of time, in seconds since 1970 UTC.

    Returns
    -------
    AlarmQuality
    """
    within = [event for event in events if since <= event["began"] <= now]
    first, verdicts = dict[str, float](), dict[str, str]()
    for review in reviews:
        first.setdefault(review["event"], review["at"])
        verdicts[review["event"]] = review["verdict"]
    counts = Counter(verdicts.get(event["event"], "") for event in within)
    waits = [first[event["event"]] - event["began"] for event in within if event["event"] in first]
    return AlarmQuality(
        days=(now - since) / 86_400.0,
        events=len(within),
        per_week=len(within) / (now - since) * _WEEK_S,
        true=counts["true"],
        false=counts["false"],
        expected=counts["expected"],
        review_s=median(waits) if waits else None,
        worst=Counter(event["machine"] for event in within).most_common(_WORST),
        stale=_stale(within, verdicts, now),
    )


def _stale(events: Sequence[Mapping[str, Any]], verdicts: Mapping[str, str], now: float) -> list[Mapping[str, Any]]:
    old = [event for event in events if now - event["began"] > _STALE_S]
    found = [event for event in old if event["ended"] is None or event["event"] not in verdicts]
    return sorted(found, key=lambda event: event["began"])
