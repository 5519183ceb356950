"""Leaderboards as a picture: each system's figure with its 95 % interval, the best on top."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from offkey.experiments.leaderboard.board import FIGURE_NAMES, Leaderboard
from offkey.experiments.leaderboard.sheet import sheet_of
from offkey.pictures import COLOURS, Picture, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["picture_of"]

_WIDTH_IN = 6.5
_HEAD_IN, _ROW_IN = 0.8, 0.26


def picture_of(boards: Sequence[Leaderboard]) -> Picture:
    """Return leaderboards one below the other."""
    return Picture(partial(_figure, boards))


def _figure(boards: Sequence[Leaderboard], width_in: float | None) -> Figure:
    heights = [_HEAD_IN + _ROW_IN * len(board.places) for board in boards]
    figure = new_figure(width_in or _WIDTH_IN, sum(heights))
    rows = figure.subplots(len(boards), 1, height_ratios=heights, squeeze=False)
    for axes, board in zip(rows[:, 0], boards, strict=True):
        _draw(axes, board)
    return figure


def _draw(axes: Axes, board: Leaderboard) -> None:
    sheet = sheet_of(board)
    for row, (bar, leads) in enumerate(zip(sheet.bars, sheet.leaders, strict=True)):
        if bar is not None:
            value, (low, high) = bar
            colour = COLOURS[0] if leads else COLOURS[6]
            axes.plot([low, high], [row, row], color=colour, linewidth=3, alpha=0.5, solid_capstyle="butt")
            axes.plot(value, row, "o", color=colour, markersize=5)
    ranked = [f"{rank}  {name}" for rank, name in zip(*(column.cells for column in sheet.columns[:2]), strict=True)]
    axes.set_yticks(range(len(ranked)), ranked)
    axes.set_ylim(len(board.places) - 0.5, -0.5)
    axes.set_xlim(*sheet.ends)
    axes.set_xlabel(f"{FIGURE_NAMES[board.figure]} with its 95 % interval")
    axes.set_title(sheet.title, loc="left")
    axes.grid(axis="x", linewidth=0.4)
    axes.spines[["top", "right"]].set_visible(False)
