from __future__ import annotations

from benchmarks import tables


def test_areas_of_two_lists_of_scores() -> None:
    assert tables.areas([0, 1], [2, 3]) == (1.0, 1.0)
    assert tables.areas([1, 1], [1, 1])[0] == 0.5
    assert tables.pair([(1.0, 0.5), (0.5, 0.5)]) == "0.750 / 0.500"
