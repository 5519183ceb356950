from __future__ import annotations

import pytest

from benchmarks import tables


def test_areas_of_two_lists_of_scores() -> None:
    assert tables.areas([0, 1], [2, 3]) == (1.0, 1.0)
    assert tables.areas([1, 1], [1, 1])[0] == 0.5
    assert tables.pair([(1.0, 0.5), (0.5, 0.5)]) == "0.750 / 0.500"


def test_a_goal_says_whether_it_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_goal("cost", 5.5, 6)
    tables.print_goal("gain", 1.5, 1.8, least=True)
    assert capsys.readouterr().out.splitlines() == [
        "- cost: 5.5 x, goal at most 6 x: met",
        "- gain: 1.5 x, goal at least 1.8 x: MISSED",
    ]
