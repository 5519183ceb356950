"""Pauses before further tries: longer each time, never the same for two, without end."""

from __future__ import annotations

import random
from itertools import islice

from offkey.watch.pauses import pauses


def test_pauses_double_up_to_a_minute_with_jitter_and_then_last_five_minutes_for_ever() -> None:
    found = list(islice(pauses(randomness=random.Random(0)), 200))  # noqa: S311
    longest = [1, 2, 4, 8, 16, 32, *[60] * 9, *[300] * 185]
    assert sum(longest[:15]) >= 600
    assert all(most / 2 <= pause <= most for pause, most in zip(found, longest, strict=True))
    assert len(set(found[10:])) > 100


def test_pauses_may_stay_at_a_minute() -> None:
    assert all(30 <= pause <= 60 for pause in list(islice(pauses(60.0), 100))[6:])
