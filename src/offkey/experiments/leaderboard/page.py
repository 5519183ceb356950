"""Leaderboards as HTML, with intervals drawn: a page, or a table inside another page."""

from __future__ import annotations

from collections.abc import Sequence

from offkey._version import __version__
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.leaderboard.sheet import Sheet, sheet_of
from offkey.pages import render

__all__ = ["fragment", "page"]

_WIDTH = 100  # of a bar, in the units of its picture


def page(boards: Sequence[Leaderboard]) -> str:
    """Return a page of its own that needs nothing else."""
    return render(__package__, "page.html.j2", version=__version__, tables=[fragment(board) for board in boards])


def fragment(board: Leaderboard) -> str:
    """Return one leaderboard as a part of a page of `offkey.pages.render`."""
    sheet = sheet_of(board)
    return render(__package__, "leaderboard.html.j2", sheet=sheet, bars=_bars(sheet))


def _bars(sheet: Sheet) -> list[tuple[float, float, float] | None]:
    """Return start, width and middle of each interval on the scale of the sheet."""
    low, high = sheet.ends

    def place(value: float) -> float:
        return round(_WIDTH * (value - low) / (high - low), 2)

    return [
        None if bar is None else (place(bar[1][0]), place(bar[1][1]) - place(bar[1][0]), place(bar[0]))
        for bar in sheet.bars
    ]
