from __future__ import annotations

import pytest

from offkey.experiments.leaderboard.board import leaderboard
from offkey.experiments.leaderboard.picture import picture_of
from offkey.experiments.paired import measure_paired


def test_each_system_has_its_interval_with_the_best_on_top(two_systems) -> None:
    board = leaderboard("plant", two_systems, measure_paired(two_systems, "dev", None, n_resamples=50, seed=0))
    figure = picture_of([board, board]).draw(3.5)
    first, second = figure.axes
    assert figure.get_figwidth() == 3.5
    assert [label.get_text() for label in first.get_yticklabels()] == ["1  good", "2  poor"]
    assert first.yaxis_inverted()
    interval, middle = first.lines[:2]
    assert tuple(interval.get_xdata()) == pytest.approx(board.places[0].intervals["auc"])
    assert middle.get_xdata()[0] == pytest.approx(board.places[0].figures["auc"])
    assert second.get_xlabel() == "AUC with its 95 % interval"
