"""The results of several clips, as a list that says what it holds."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, TypedDict

from offkey.model.result import Result, Scored

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Results", "ScoreOptions"]

_SHOWN = 20  # rows of a notebook's table
_PLAYED = 3  # of them with a player


class ScoreOptions(TypedDict, total=False):
    """The options of `Model.score`, with their types."""

    rate: int | None
    jobs: int | None
    progress: bool | None
    advance: Callable[[], None] | None


class Results(list[Result]):
    """The results of several clips as a list, in the order given; notebooks show it as a table.

    Examples
    --------
    >>> results = model.score(["recordings/normal", "today.wav"])
    >>> results
    25 results: 1 anomalous, 24 like the normal clips.
    >>> results.table().columns
    ['file', 'start_s', 'end_s', 'score', 'p_value', 'anomalous', 'error', 'note']
    """

    @property
    def scored(self) -> list[Scored]:
        """The results that have a score, the most anomalous first."""
        return sorted((one for one in self if isinstance(one, Scored)), key=lambda one: -one.score)

    def table(self) -> pl.DataFrame:
        """Return one row per result as a polars table, in order."""
        from offkey.tables.polars_extra import pl

        kinds = {"start_s": pl.Float64, "end_s": pl.Float64, "score": pl.Float64, "p_value": pl.Float64}
        names = ("file", "start_s", "end_s", "score", "p_value", "anomalous", "error", "note")
        schema = {name: kinds.get(name, pl.Boolean if name == "anomalous" else pl.String) for name in names}
        return pl.DataFrame([[getattr(one, name) for name in names] for one in self], schema=schema, orient="row")

    def __repr__(self) -> str:
        scored = self.scored
        anomalous = sum(one.anomalous for one in scored)
        parts = [f"{anomalous} anomalous", f"{len(scored) - anomalous} like the normal clips"]
        parts += [f"{len(self) - len(scored)} with an error"] * (len(scored) < len(self))
        return f"{len(self)} result{'s' * (len(self) != 1)}: {', '.join(parts)}."

    def _repr_html_(self) -> str:
        scored = self.scored
        failed = [one for one in self if not isinstance(one, Scored)]
        rows = [*scored, *failed][:_SHOWN]
        head = "".join(f"<th>{name}</th>" for name in ("file", "from", "to", "score", "p-value", "decision"))
        body = "".join(f"<tr>{_cells(one)}</tr>" for one in rows)
        more = f"<p>{len(self) - len(rows)} more.</p>" if len(self) > len(rows) else ""
        players = "".join(one._repr_html_() for one in [one for one in scored if one.anomalous][:_PLAYED])
        return f"<p>{escape(repr(self))}</p><table><tr>{head}</tr>{body}</table>{more}{players}"


def _cells(result: Result) -> str:
    """Return the cells of a row of the table, escaped."""
    if isinstance(result, Scored):
        told = [f"{result.score:.4g}", f"{result.p_value:.2g}", "anomalous" if result.anomalous else ""]
    else:
        told = ["", "", str(result.error)]
    span = ["" if at is None else f"{at:.1f} s" for at in (result.start_s, result.end_s)]
    return "".join(f"<td style='text-align:left'>{escape(text)}</td>" for text in (result.file, *span, *told))
