"""Tables in a terminal: as many below one another as it takes, so that no number is ever cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from offkey.cli.streams import printable

if TYPE_CHECKING:
    from rich.table import Column, Table

__all__ = ["fitting_tables"]

_LEAST_KEY = 12  # letters of a name side by side, where it must be broken


def fitting_tables(table: Table, width: int) -> Iterator[Table]:
    """Divide the columns of a table among tables that fit a width; names on the left stand in each.

    A table that fits stays as it is. Else columns on the left are names, which are broken between words; the others,
    from the first that stands to the right, are as wide as their widest cell, and their heads are broken between words.
    """
    frame = _frame(table)
    if sum(_natural(one) + frame for one in table.columns) + frame <= width:
        yield _part(table, [(one, _natural(one)) for one in table.columns], first=True)
        return
    start = next((place for place, one in enumerate(table.columns) if one.justify == "right"), len(table.columns))
    names, others = table.columns[:start], table.columns[start:]
    least = sum(min(_natural(one), max(_least(one), _LEAST_KEY)) + frame for one in names) + frame
    wide = [_fixed(one) + frame for one in others]
    ends = _evenly(wide, width - least)
    for begin, end in zip([0, *ends], ends, strict=False):
        room = width - frame - sum(wide[begin:end]) - frame * len(names)
        named = zip(names, _shared([_natural(one) for one in names], room), strict=True)
        yield _part(table, [*named, *((one, _fixed(one)) for one in others[begin:end])], first=begin == 0)


def _evenly(widths: Sequence[int], room: int) -> list[int]:
    """Return where each block of columns ends: as few blocks as there is room for, and then as narrow as can be."""
    fewest = _filled(widths, room)
    for narrower in range(max(widths, default=0), room):
        if len(found := _filled(widths, narrower)) == len(fewest):
            return found
    return fewest


def _filled(widths: Sequence[int], room: int) -> list[int]:
    """Return where each block ends if each takes as many columns as there is room for, one at least."""
    ends, taken = [], 0
    for place, width in enumerate(widths):
        if taken and taken + width > room:
            ends.append(place)
            taken = 0
        taken += width
    return [*ends, len(widths)]


def _part(table: Table, columns: Sequence[tuple[Column, int]], *, first: bool) -> Table:
    """Return a table of some columns, each of a width."""
    from rich.table import Table

    part = Table(
        title=table.title if first else None,
        title_justify=table.title_justify,
        show_header=table.show_header,
        box=table.box,
        show_edge=table.show_edge,
        pad_edge=table.pad_edge,
    )
    for column, width in columns:
        part.add_column(column.header, width=width, justify=column.justify, overflow="fold")
    cells = [list(column.cells) for column, _ in columns]
    for number, row in enumerate(table.rows):
        part.add_row(*(column[number] for column in cells), end_section=row.end_section)
    return part


def _shared(wanted: Sequence[int], room: int) -> list[int]:
    """Share the room among names: each what it wants, or the widest ones less."""
    widths = list(wanted)
    while sum(widths) > max(room, len(widths)) and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(column: Column) -> list[str]:
    return [line for cell in column.cells for line in printable(str(cell)).splitlines()]


def _head(column: Column) -> str:
    return printable(str(column.header))


def _natural(column: Column) -> int:
    """Return the width at which no cell is broken."""
    return max([1, cell_len(_head(column)), *map(cell_len, _lines(column))])


def _least(column: Column) -> int:
    """Return the width of the longest word."""
    return max([1, *(cell_len(word) for line in (_head(column), *_lines(column)) for word in line.split())])


def _fixed(column: Column) -> int:
    """Return the width at which no cell, and no word of the head, is broken."""
    return max([1, *map(cell_len, _lines(column)), *map(cell_len, _head(column).split())])


def _frame(table: Table) -> int:
    """Return the letters between two columns: padding, and the line."""
    return 3 if table.box is not None else 2
