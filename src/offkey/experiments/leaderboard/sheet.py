"""A leaderboard as columns of text, which every form of it shows: terminal, HTML, LaTeX, Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offkey.evaluation.intervals import Difference, Interval
from offkey.evaluation.promise import Promise
from offkey.experiments.leaderboard.board import FIGURE_NAMES, Leaderboard, Place
from offkey.experiments.outcome import TOLD_RATES

__all__ = ["Column", "Sheet", "difference_text", "sheet_of"]


@dataclass(frozen=True)
class Column:
    """A column of text.

    `best`: whether each cell holds the highest figure of its column; empty where that is not asked.
    """

    head: str
    cells: Sequence[str]
    numeric: bool = True
    best: Sequence[bool] = ()


@dataclass(frozen=True)
class Sheet:
    """A leaderboard to be shown.

    `columns`: rank, detector, the figure that is ranked by, its interval, then all else that is known.
    `bars`: the figure with its interval, one per row, to be drawn on the scale of `ends`.
    `leaders`: whether each row has rank 1.
    `caption`: what a reader must know, in sentences.
    """

    title: str
    columns: Sequence[Column]
    bars: Sequence[tuple[float, Interval] | None]
    ends: Interval
    leaders: Sequence[bool]
    caption: Sequence[str]


def sheet_of(board: Leaderboard) -> Sheet:
    """Return the columns of a leaderboard; those of which nothing is known are left out."""
    places = board.places
    figure = board.figure
    columns = [
        Column("rank", [f"={one.rank}" if one.tied else str(one.rank) for one in places], numeric=False),
        Column(board.heading, [_named(one) for one in places], numeric=False),
        _figures(FIGURE_NAMES[figure], [one.figures[figure] for one in places]),
        Column("95 % interval", [_interval_text(one.intervals[figure]) for one in places]),
    ]
    columns += [_figures(name, [one.groups[name] for one in places]) for name in board.groups]
    columns += [
        _figures(FIGURE_NAMES[name], [one.figures.get(name) for one in places])
        for name in ("official_score", "auc", "auc_source", "auc_target", "pauc")
        if name != figure
    ]
    if board.reference is not None:
        head = f"{FIGURE_NAMES[figure]} over {board.reference}"
        columns.append(Column(head, [difference_text(one.differences.get(figure)) for one in places]))
    columns += _measured(places)
    known = [*columns[:4], *(column for column in columns[4:] if any(cell not in ("", "-") for cell in column.cells))]
    bars = [None if (ends := one.intervals[figure]) is None else (one.figures[figure] or 0.0, ends) for one in places]
    leaders = [one.rank == 1 for one in places]
    return Sheet(board.title, known, bars, _ends(bars), leaders, _caption(board, known))


def _ends(bars: Sequence[tuple[float, Interval] | None]) -> Interval:
    """Return a scale on which all intervals have room: from twentieth to twentieth."""
    intervals = [bar[1] for bar in bars if bar is not None]
    if not intervals:
        return 0.0, 1.0
    low, high = (math.floor(20 * min(one[0] for one in intervals)), math.ceil(20 * max(one[1] for one in intervals)))
    return low / 20, max(high, low + 1) / 20


def difference_text(difference: Difference | None) -> str:
    """Return a difference with its interval, and a star where it is larger than chance."""
    if difference is None:
        return ""
    low, high = difference.interval
    return f"{difference.value:+.4f} [{low:+.3f}, {high:+.3f}]{'*' if low > 0 or high < 0 else ' '}"


def _named(place: Place) -> str:
    return f"{place.title} ({place.remark})" if place.remark else place.title


def _figures(head: str, values: Sequence[float | None]) -> Column:
    most = max((round(value, 4) for value in values if value is not None), default=None)
    best = [value is not None and round(value, 4) == most for value in values]
    return Column(head, [_number(value, ".4f") for value in values], best=best)


def _interval_text(interval: Interval | None) -> str:
    return "-" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _measured(places: Sequence[Place]) -> list[Column]:
    measures = [one.measures for one in places]
    rates = {alarms.rate for one in measures if (alarms := one.alarms) is not None}
    several = len(rates) > 1
    promised = f" (promised {min(rates):g})" if len(rates) == 1 else ""
    return [
        Column(f"false alarms{promised}", [_alarms_text(one.alarms, several=several) for one in measures]),
        *(
            Column(f"recall at {rate:g}", [_number(one.recall.get(f"{rate:g}"), ".3f") for one in measures])
            for rate in TOLD_RATES
        ),
        Column("ms per clip", [_number(one.ms, ".3g") for one in measures]),
        Column("MB", [_number(one.mb, ".3g") for one in measures]),
    ]


def _alarms_text(alarms: Promise | None, *, several: bool) -> str:
    if alarms is None:
        return "-"
    promised = f" (of {alarms.rate:g})" if several else ""
    return f"{alarms.n_alarms / alarms.n_normal:.3f}{promised}{' ' if alarms.kept else '!'}"


def _caption(board: Leaderboard, columns: Sequence[Column]) -> list[str]:
    """Return a sentence for each mark and column that is there."""
    cells = [cell for column in columns for cell in column.cells]
    heads = {column.head for column in columns}
    said = []
    if board.groups:
        said.append(f"{board.groups[0]} to {board.groups[-1]}: {FIGURE_NAMES[board.figure]} of each {board.kind}.")
    if any(cell.startswith("=") for cell in cells):
        said.append("= : no clear difference to the best of the same rank (paired bootstrap, 95 %).")
    if any(cell.endswith("*") for cell in cells):
        said.append("* = the difference is larger than chance (95 %).")
    if any(cell.endswith("!") for cell in cells):
        said.append("! = more false alarms than chance explains.")
    if any(head.startswith("recall") for head in heads):
        said.append("Recall: share of the anomalies above the threshold for a false-alarm rate of 0.01 or 0.05.")
    if "ms per clip" in heads:
        said.append("ms per clip: scoring, without reading the clip. MB: what the detector has learnt.")
    return said
