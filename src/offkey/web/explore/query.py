"""The query of a page: an address to the filtered and sorted rows of the table."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import polars as pl

__all__ = ["FROM", "NONE", "PREFIX", "TO", "Query", "choices", "quality", "ranges", "select", "where"]

PREFIX = "is."
"""Prefix of a column in the form that chooses clips, and in an address where the address needs the name.

Whatever a form's control is called hides the form's own property of that name: one called ``attributes`` or ``action``,
as a column may be, breaks every program that asks the form for its attributes or where it leads.
"""
FROM, TO = "from.", "to."
"""Prefixes of a column for its least and its greatest value."""

_MOST_CHOICES = 60
_RESERVED = frozenset({"q", "sort", "order", "page", "selection", "quality", "column", "colour", "projection"})
_NOT_CHOSEN = frozenset({"id", "name", "row", "digest", "error", "silent_channels", "comment", "embedding"})
_MEASURED = frozenset({"rate", "channels", "anomalous", "learnt"})  # which a clip that cannot be read does not have
_NO_RANGE = frozenset({"row", "size", "mtime_ns", "anomalous", "learnt"})
_NUMBERS = (pl.Float64, pl.Float32, pl.Int64)
NONE = "(none)"
"""The choice that stands for clips with an empty cell."""


@dataclass(frozen=True)
class Query:
    """The filters, the order, the columns and the page of a table of clips."""

    text: str = ""  # part of the clip's name, in any case
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column to values; "(none)" for null
    low: Mapping[str, float] = field(default_factory=dict)  # column of numbers to the least value
    high: Mapping[str, float] = field(default_factory=dict)  # and to the greatest
    quality: str = ""  # one of quality()
    sort: str = ""  # column; by default the order of the data set
    descending: bool = False
    selection: str = ""  # name of a group of clips
    columns: tuple[str, ...] = ()  # columns to show; by default those that tell clips apart
    page: int = 1  # from 1

    @classmethod
    def read(cls, params: Iterable[tuple[str, str]], columns: Collection[str]) -> Query:
        """Read a query from the fields of an address; a field that names no column is ignored."""
        given = list(params)
        fields = dict(given)
        page = fields.get("page", "")
        among: dict[str, tuple[str, ...]] = {}
        for key, value in given:
            name = _column(key)
            if value and name in columns and value not in among.get(name, ()):
                among[name] = (*among.get(name, ()), value)
        shown = [value for key, value in given if key == "column" and value in columns]
        return cls(
            text=fields.get("q", "").strip(),
            among=among,
            low=_limits(fields, FROM, columns),
            high=_limits(fields, TO, columns),
            quality=fields.get("quality", ""),
            sort=fields["sort"] if fields.get("sort") in columns else "",
            descending=fields.get("order") == "desc",
            selection=fields.get("selection", ""),
            columns=tuple(dict.fromkeys(shown)),
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
        )

    def address(self, **changes: object) -> str:
        """Return the query, with changes, as it stands in an address."""
        query = replace(self, **changes)  # type: ignore[arg-type]
        params = [
            ("q", query.text),
            *((_key(name), value) for name, values in query.among.items() for value in values),
            *((FROM + name, repr(value).removesuffix(".0")) for name, value in query.low.items()),
            *((TO + name, repr(value).removesuffix(".0")) for name, value in query.high.items()),
            ("quality", query.quality),
            ("selection", query.selection),
            ("sort", query.sort),
            ("order", "desc" if query.descending else ""),
            *(("column", name) for name in query.columns),
            ("page", str(query.page) if query.page > 1 else ""),
        ]
        return urlencode([(name, value) for name, value in params if value])

    @property
    def filtered(self) -> bool:
        """Whether the query leaves clips out."""
        return bool(self.text or self.among or self.low or self.high or self.quality or self.selection)


def where(name: str, value: str) -> str:
    """Return the address, within the table, of the clips that have a value in a column."""
    return Query(among={name: (value,)}).address()


def quality() -> dict[str, pl.Expr]:
    """Return the kinds of findings that clips can be chosen by."""
    return {
        "unreadable": pl.col("error").is_not_null(),
        "clipped": pl.col("clipped") > 0,
        "silent channel": pl.col("silent_channels").is_not_null(),
        "not measured yet": pl.col("size").is_null() & pl.col("error").is_null(),
        "duplicate": pl.col("digest").is_not_null() & (pl.col("digest").count().over("digest") > 1),
    }


def select(frame: pl.DataFrame, query: Query, members: Collection[str] | None = None) -> pl.DataFrame:
    """Return the clips of a query, sorted, on all pages; `members` are the ids of its selection."""
    chosen = frame.lazy()
    if query.text:
        chosen = chosen.filter(pl.col("name").str.to_lowercase().str.contains(query.text.lower(), literal=True))
    for name, values in query.among.items():
        column = pl.col(name)
        wanted = column.cast(pl.String).is_in([value for value in values if value != NONE])
        chosen = chosen.filter(wanted.fill_null(NONE in values))
    for name, least in query.low.items():
        chosen = chosen.filter(pl.col(name) >= least)
    for name, greatest in query.high.items():
        chosen = chosen.filter(pl.col(name) <= greatest)
    if query.quality in quality():
        chosen = chosen.filter(quality()[query.quality])
    if query.selection:
        chosen = chosen.filter(pl.col("id").is_in(list(members or ())))
    if query.sort:
        chosen = chosen.sort(query.sort, descending=query.descending, nulls_last=True, maintain_order=True)
    elif query.descending:
        chosen = chosen.reverse()
    return chosen.collect()


def _column(key: str) -> str:
    """Return the column that a name in an address means, empty if it means something else."""
    if key.startswith(PREFIX):
        return key.removeprefix(PREFIX)
    return "" if key in _RESERVED or key.startswith((FROM, TO)) else key


def _key(column: str) -> str:
    return PREFIX + column if column in _RESERVED or column.startswith((PREFIX, FROM, TO)) else column


def _limits(fields: Mapping[str, str], prefix: str, columns: Collection[str]) -> dict[str, float]:
    """Return the limits of columns of numbers; what is no number is ignored."""
    limits = {}
    for key, text in fields.items():
        name = key.removeprefix(prefix)
        if not key.startswith(prefix) or name not in columns:
            continue
        try:
            value = float(text.replace("\N{MINUS SIGN}", "-").replace(",", "."))
        except ValueError:
            continue
        if math.isfinite(value):
            limits[name] = value
    return limits


def ranges(frame: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the columns of numbers that vary, with the least and the greatest of each."""
    by_column = {}
    for name, kind in frame.schema.items():
        if kind in _NUMBERS and name not in _NO_RANGE:
            low, high = frame[name].min(), frame[name].max()
            if isinstance(low, int | float) and isinstance(high, int | float) and low < high:
                by_column[name] = (float(low), float(high))
    return by_column


def choices(frame: pl.DataFrame) -> dict[str, list[str]]:
    """Return the columns with few enough values (two or more) to choose from; ``"(none)"`` stands for null."""
    by_column: dict[str, list[str]] = {}
    for name, kind in frame.schema.items():
        if (
            name in _NOT_CHOSEN
            or kind not in (pl.String, pl.Int64, pl.Float64)
            or name in ("size", "mtime_ns", "clipped")
        ):
            continue
        if kind == pl.Float64 and name != "snr_db":
            continue
        values = frame[name].drop_nulls().unique().sort() if name in _MEASURED else frame[name].unique().sort()
        if 2 <= len(values) <= _MOST_CHOICES:
            texts = values.cast(pl.String).to_list()
            by_column[name] = [text for text in texts if text is not None] + ([NONE] if None in texts else [])
    return by_column
