"""Listening in beside the scoring."""

from __future__ import annotations

from offkey.watch.acquisition.source import Begin
from offkey.watch.acquisition.tap import Tap


def test_items_are_taken_once_in_order_and_the_oldest_are_dropped_where_nobody_takes_them() -> None:
    tap = Tap("pump")
    items = [Begin(16_000, float(number)) for number in range(1000)]
    for item in items[:3]:
        tap.put(item)
    assert tap.take() == items[:3]
    assert tap.take() == []
    for item in items:
        tap.put(item)
    assert tap.take() == items[-400:]
