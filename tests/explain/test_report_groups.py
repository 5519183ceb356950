from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from offkey.explain.report_groups import compare_groups


def _clip(machine: str, score: float, label: int | None = 0, *, anomalous: bool = False) -> Any:
    return SimpleNamespace(machine=machine, section=None, domain=None, score=score, label=label, anomalous=anomalous)


def test_groups_are_set_beside_the_largest_in_units_of_its_spread() -> None:
    """Six fans about 10 with a standard deviation of 2, two pumps at 14; a faulty clip shifts nothing."""
    fans = [_clip("fan", 10.0 + step) for step in (-2, -2, -2, 2, 2, 2)] + [_clip("fan", 90.0, 1, anomalous=True)]
    pumps = [_clip("pump", 14.0, anomalous=True), _clip("pump", 14.0)]
    fan, pump = compare_groups(SimpleNamespace(clips=[*pumps, *fans]))  # type: ignore[arg-type]
    assert (fan["name"], fan["clips"], fan["median"], fan["shift"]) == ("fan", 7, 10, 0)
    assert (pump["median"], pump["shift"]) == (14, pytest.approx(2))
    assert (fan["called"], pump["called"]) == ("0 of 6", "1 of 2")
    assert (fan["auc"], pump["auc"]) == (1, None)


def test_of_unlabelled_groups_all_clips_count_and_one_group_is_set_beside_nothing() -> None:
    clips = [_clip("fan", 1.0, None), _clip("fan", 3.0, None), _clip("fan", 2.0, None), _clip("pump", 8.0, None)]
    fan, pump = compare_groups(SimpleNamespace(clips=clips))  # type: ignore[arg-type]
    assert (fan["median"], pump["median"]) == (2, 8)
    assert pump["shift"] > 0
    assert compare_groups(SimpleNamespace(clips=clips[:3])) == []  # type: ignore[arg-type]
