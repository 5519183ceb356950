from __future__ import annotations

import pytest

from offkey.decision.events import Ledger


def rows(**verdicts: str) -> list[dict[str, str]]:
    return [{"event": event, "verdict": verdict} for event, verdict in verdicts.items()]


def test_false_events_are_counted_beside_the_promise() -> None:
    ledger = Ledger.of("abcde", rows(a="false", b="true", c="expected", d="false"), days=21, promise=3.1)
    assert (ledger.false, ledger.others, ledger.open) == (2, 2, 1)
    assert ledger.rate.per_week == pytest.approx(2 / 3)
    assert not ledger.is_broken
    assert ledger.sentence() == (
        "2 false events in 21 days, 0.67 a week (0.081 to 2.4); promised: at most 3.1; 1 not reviewed"
    )


def test_the_newest_review_counts_and_those_of_other_events_do_not() -> None:
    reviews = [*rows(a="false", z="false"), *rows(a="true")]
    assert Ledger.of(["a"], reviews, days=7, promise=1.0) == Ledger(0, 1, 0, 7, 1.0)


def test_an_interval_above_the_promise_says_what_to_do() -> None:
    ledger = Ledger(12, 0, 0, 14.0, 1.0)
    assert ledger.is_broken
    assert ledger.sentence().endswith("; the normal has changed: learn again or lower the sensitivity")
    assert not Ledger(3, 0, 0, 14.0, 1.0).is_broken
