"""The phase of a machine follows from the steps that were kept, and from the model that it has."""

from __future__ import annotations

from typing import Any

import pytest

from offkey.watch.life.phases import Standing, armed_with, standing

ARMED = armed_with("abc every 2 s", 3, 1, 4.5)


def _steps(*given: tuple[str, float] | tuple[str, float, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"step": step, "at": at, "details": rest[0] if rest else {}} for step, at, *rest in given]


@pytest.mark.parametrize(
    ("steps", "model", "expected"),
    [
        ([], "abc", Standing("shadow")),
        ([], None, Standing("learning")),
        ([("learning", 5.0, {"model": None})], None, Standing("learning", 5.0)),
        ([("learning", 5.0, {"model": None})], "abc", Standing("shadow")),
        ([("learning", 5.0, {"model": "abc"})], "abc", Standing("learning", 5.0)),
        ([("learning", 5.0, {"model": "abc"}), ("shadow", 7.0)], "new", Standing("shadow", 7.0)),
        ([("shadow", 7.0), ("armed", 9.0, ARMED)], "abc", Standing("armed", 7.0, sensitivity=3)),
        ([("shadow", 7.0), ("armed", 9.0, ARMED)], "new", Standing("shadow", 7.0)),
        ([("armed", 9.0, ARMED), ("shadow", 11.0)], "abc", Standing("shadow", 11.0)),
        ([("armed", 9.0, ARMED), ("promoted", 12.0)], "abc", Standing("shadow", 12.0)),
        ([("armed", 9.0, ARMED), ("dropped", 12.0)], "abc", Standing("armed", 0.0, sensitivity=3)),
        ([("armed", 9.0, ARMED), ("out of service", 12.0)], "abc", Standing("armed", 0.0, False, 3)),
        ([("out of service", 12.0), ("shadow", 13.0), ("in service", 14.0)], "abc", Standing("shadow", 13.0)),
        ([("armed", 9.0, ARMED)], None, Standing("learning")),
    ],
)
def test_the_newest_steps_count(steps: list[Any], model: str | None, expected: Standing) -> None:
    assert standing(_steps(*steps), model=model, wanted=1) == expected


def test_a_sensitivity_that_a_person_chose_counts_until_the_file_is_changed() -> None:
    steps = _steps(("armed", 9.0, ARMED))
    assert standing(steps, model="abc", wanted=1).sensitivity == 3
    assert standing(steps, model="abc", wanted=10).sensitivity is None
