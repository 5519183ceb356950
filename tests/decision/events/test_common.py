from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import Background, background, moved_together


@pytest.mark.parametrize(
    ("began", "machines", "moved"),
    [
        ({"a": 1000.0, "b": 700.0}, 4, ["a", "b"]),
        ({"a": 1000.0, "b": 700.0}, 5, []),
        ({"a": 1000.0, "b": 399.0}, 4, []),
        ({"a": 1000.0}, 1, []),
        ({"a": 1000.0}, 2, []),
        ({"a": 1000.0, "b": 1000.0}, 2, ["a", "b"]),
        ({"a": 1000.0, "b": 1001.0}, 2, []),
        ({}, 0, []),
    ],
)
def test_half_of_an_area_within_ten_minutes_moves_together(
    began: dict[str, float], machines: int, moved: list[str]
) -> None:
    assert moved_together(began, 1000.0, machines) == moved


def test_machines_that_break_by_chance_seldom_move_together() -> None:
    """Ten machines with three events a week each: half of them within ten minutes is no chance."""
    rng = np.random.default_rng(0)
    week = 7 * 86_400.0
    times = [np.sort(rng.uniform(0, 52 * week, 52 * 3)) for _ in range(10)]
    newest = [{str(k): float(one[one <= at].max(initial=-1e9)) for k, one in enumerate(times)} for at in times[0]]
    assert not any(moved_together(began, at, 10) for began, at in zip(newest, times[0].tolist(), strict=True))


def test_a_shift_of_most_machines_is_of_the_background() -> None:
    found = background({"a": 1.4, "b": 1.2, "c": 0.2, "d": 3.0})
    assert (found.common, found.moved) == (1.4, ["a", "b", "d"])
    assert found.alone == {"d": pytest.approx(1.6)}


def test_a_shift_of_one_machine_is_its_own() -> None:
    assert background({"a": 2.5, "b": 0.1, "c": -0.2}) == Background(0.0, [], {"a": 2.5})
    assert background({"a": 2.5}) == Background(0.0, [], {"a": 2.5})
    assert background({"a": 2.5, "b": 2.0}).common == 0.0  # two machines have no background that can be told apart
    assert background({}) == Background(0.0, [], {})
