from __future__ import annotations

import numpy as np
import pytest

from offkey.experiments.leaderboard.board import leaderboard, ranks
from offkey.experiments.leaderboard.measures import Measures
from offkey.experiments.paired import measure_paired
from offkey.experiments.system import System


def _table(*values: float, spread: float) -> np.ndarray:
    """Figures as measured, then 400 resamples that scatter by themselves."""
    rng = np.random.default_rng(0)
    return np.array([[value, *rng.normal(value, spread, 400)] for value in values])


def test_the_best_comes_first_and_clear_differences_make_ranks() -> None:
    assert ranks(_table(0.7, 0.9, 0.8, spread=0.001)) == [(1, 1, False), (2, 2, False), (0, 3, False)]


def test_those_that_cannot_be_told_apart_share_a_rank_and_the_next_has_its_place() -> None:
    table = _table(0.90, 0.895, 0.70, 0.695, spread=0.01)
    assert ranks(table) == [(0, 1, True), (1, 1, True), (2, 3, True), (3, 3, True)]


def test_a_difference_counts_pair_by_pair() -> None:
    """Two systems that rise and fall together differ clearly, however wide the interval of each."""
    rng = np.random.default_rng(1)
    both = np.concatenate([[0.0], rng.normal(0, 0.1, 400)])
    assert ranks(np.array([0.80 + both, 0.79 + both])) == [(0, 1, False), (1, 2, False)]


def test_a_system_is_compared_with_the_best_of_its_rank() -> None:
    """Three in a row, each close to the next: the third is clearly worse than the first, and has a rank of its own."""
    assert ranks(_table(0.90, 0.87, 0.84, spread=0.015)) == [(0, 1, True), (1, 1, True), (2, 3, False)]


def test_a_board_has_machines_as_columns(two_systems: list[System]) -> None:
    paired = measure_paired(two_systems, "dev", None, n_resamples=50)
    board = leaderboard("a set", two_systems, paired, measures={"good": Measures(ms=1.5)}, reference=1)
    assert (board.figure, board.kind, list(board.groups)) == ("auc", "machine", ["fan", "pump"])
    first, second = board.places
    assert (first.name, first.rank, second.rank) == ("good", 1, 2)
    assert first.figures["auc"] == pytest.approx(np.mean(list(first.groups.values())))
    assert first.measures.ms == 1.5
    assert first.differences["auc"].value == pytest.approx(first.figures["auc"] - second.figures["auc"])
    assert second.differences["auc"] is None
    content = board.to_json()
    assert [place["combination"] for place in content["places"]] == ["good", "poor"]
    assert content["places"][0]["auc_ci"][0] <= content["places"][0]["auc"] <= content["places"][0]["auc_ci"][1]


def test_one_machine_has_its_sections_as_columns(make_system) -> None:
    systems = [make_system("one", 2.0, machines=("fan",), sections=("00", "02"))]
    board = leaderboard("a set", systems, measure_paired(systems, "dev", None, n_resamples=20), figure="mean")
    assert (board.kind, list(board.groups)) == ("section", ["fan 00", "fan 02"])
    place = board.places[0]
    assert place.figures["mean"] == pytest.approx((place.figures["auc"] + place.figures["pauc"]) / 2)
