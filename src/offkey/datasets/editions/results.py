"""Published results of an edition: facts, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from offkey.datasets.editions.formula import FIGURES
from offkey.datasets.editions.published import PARTS
from offkey.datasets.editions.table import Table

__all__ = ["PublishedSystem", "take_systems"]

_KINDS: Final = ("baseline", "top", "research")
_Kind: TypeAlias = Literal["baseline", "top", "research"]


@dataclass(frozen=True)
class PublishedSystem:
    """One system's published result on one set.

    `kind`: {"baseline", "top", "research"}; an organisers' baseline, the best of the challenge, or published elsewhere.
    `machines`: figures by machine, as far as published: ``auc`` and ``pauc``, or ``auc_source``, ``auc_target`` and
        ``pauc``.
    """

    edition: int
    part: Literal["dev", "eval"]  # {"dev", "eval"}; whether it was measured on the development or the evaluation set
    name: str
    kind: _Kind
    score: float  # the official score, between 0 and 1
    source: str
    derived: bool = False  # whether the source prints only the figures that the score follows from
    confirmed: bool = True  # False where only a third party reports it
    machines: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)


def take_systems(top: Table, year: int) -> Iterator[PublishedSystem]:
    """Take the results from the top of a file: those that are published one by one, then those of tables."""
    yield from _alone(top, year)
    yield from _of_tables(top, year)


def _alone(top: Table, year: int) -> Iterator[PublishedSystem]:
    """Yield the results that are published one by one."""
    for table in top.tables("results"):
        columns = table.words("columns", FIGURES, ())
        system = PublishedSystem(
            edition=year,
            part=table.one_of("part", PARTS),
            name=table.text("name"),
            kind=table.one_of("kind", _KINDS),
            score=table.number("score", 0, 1),
            source=table.text("source"),
            derived=table.flag("derived", False),
            confirmed=table.flag("confirmed", True),
            machines={
                machine: dict(zip(columns, map(float, figures), strict=True))
                for machine, figures in table.table("machines", {}).rows(len(columns), 0, 1).items()
            },
        )
        table.end()
        yield system


def _of_tables(top: Table, year: int) -> Iterator[PublishedSystem]:
    """Yield the results of tables that measure many systems alike."""
    for table in top.tables("result_tables"):
        parts, of = table.words("parts", PARTS), table.text("of")
        kind: _Kind = table.one_of("kind", _KINDS)
        source = table.text("source")
        scores = table.table("scores").rows(len(parts), 0, 1)
        table.end()
        for name, row in scores.items():
            for part, score in zip(parts, row, strict=True):
                yield PublishedSystem(year, "dev" if part == "dev" else "eval", f"{name} ({of})", kind, score, source)
