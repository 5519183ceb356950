"""The plant as pages show it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.watch.conftest import NOW, ROW, Stated

from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store
from offkey.web.watch.plant import Plant

SHADOW = {"phase": "shadow", "level": None, "promise": None, "shadow_days": 1.5}


def _rows(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**ROW, "machine": f"m{number}", **row} for number, row in enumerate(rows)]


def test_the_worst_machine_comes_first(plant: Plant, monitor: Stated) -> None:
    monitor.rows = _rows(
        {"level": "normal", "index": 90},
        {"level": "normal", "index": 20},
        SHADOW,
        {"level": "watch"},
        {"level": "normal", "fresh": False, "source": "stalled"},
        {"level": "alarm", "fresh": False},
        {"level": "warning"},
    )
    assert [card.name for card in plant.cards()] == ["m5", "m6", "m3", "m4", "m2", "m1", "m0"]


@pytest.mark.parametrize(
    ("row", "level", "verdict"),
    [
        ({"level": "normal"}, "normal", "Sounds normal."),
        ({"level": "warning"}, "warning", "A break or a burst since 2027-01-14 09:00."),
        (SHADOW, "shadow", "In the shadow: 36 hours of 3 days of normal sound."),
        (
            {"level": "normal", "fresh": False, "source": "reconnecting", "reason": "refused"},
            "unheard",
            "No sound was scored since 09:00:00; its source is reconnecting: refused",
        ),
        (
            {**SHADOW, "fresh": False, "source": "waiting", "window_end": None},
            "unheard",
            "No sound was scored yet; its source is waiting",
        ),
    ],
)
def test_a_card_says_in_a_sentence_how_its_machine_is(
    plant: Plant, monitor: Stated, store: Store, row: dict[str, Any], level: str, verdict: str
) -> None:
    store.write(Findings([Change("e", "m0", "new", "fast", NOW, NOW - 86_400, None, 3.0, "m")]))
    monitor.rows = _rows({"window_end": NOW, **row})
    card = plant.card("m0")
    assert card is not None
    assert (card.level, card.verdict) == (level, verdict)


def test_a_card_calls_a_change_what_it_is_whatever_its_level(plant: Plant, monitor: Stated, store: Store) -> None:
    slow = Change("e", "m0", "new", "slow", NOW, NOW - 60, None, 3.0, "m", level="alarm")
    store.write(Findings([slow]))
    monitor.rows = _rows({"level": "alarm"})
    card = plant.card("m0")
    assert card is not None
    assert card.verdict == "A lasting change since 08:59:00."


def test_many_who_ask_at_a_time_cost_one_look(plant: Plant, monitor: Stated, clock: MovedClock) -> None:
    looks = 0
    status = monitor.status

    def counted() -> list[dict[str, Any]]:
        nonlocal looks
        looks += 1
        return status()

    monitor.status = counted  # type: ignore[method-assign]
    for _ in range(50):
        plant.rows()
    assert looks == 1
    clock.move(1.0)
    plant.rows()
    assert looks == 2
