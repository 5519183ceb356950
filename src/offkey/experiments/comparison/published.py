"""What others published for each edition, to set one's own results beside.

The figures are facts, kept with their sources in ``published.toml``: the organisers' baselines, the best
systems of the challenge, and one table of many systems that were measured alike on five editions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from offkey.errors import UsageError
from offkey.evaluation.sections import checked_edition

__all__ = ["Part", "PublishedSystem", "published"]

Part: TypeAlias = Literal["dev", "eval"]


@dataclass(frozen=True)
class PublishedSystem:
    """One system's published result on one set.

    Attributes
    ----------
    edition : int
        The year.
    part : {"dev", "eval"}
        Whether it was measured on the development or the evaluation set.
    name : str
        The system.
    kind : {"baseline", "top", "research"}
        An organisers' baseline, the best of the challenge, or published elsewhere.
    score : float
        The official score, between 0 and 1.
    source : str
        Where it was published.
    derived : bool
        Whether the source prints only the figures that the score follows from.
    confirmed : bool
        False where only a third party reports it.
    machines : mapping of str to mapping of str to float
        Figures by machine, as far as published: ``auc`` and ``pauc``, or ``auc_source``,
        ``auc_target`` and ``pauc``.
    """

    edition: int
    part: Part
    name: str
    kind: Literal["baseline", "top", "research"]
    score: float
    source: str
    derived: bool = False
    confirmed: bool = True
    machines: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)


def published(edition: int | str | None = None, part: str | None = None) -> list[PublishedSystem]:
    """Return published results, the best first.

    Parameters
    ----------
    edition : int or str, optional
        The year; all by default.
    part : {"dev", "eval"}, optional
        The set; both by default.

    Returns
    -------
    list of PublishedSystem
        By edition and part, in each the highest score first.

    Raises
    ------
    UsageError
        If there is no such edition or part.
    """
    if part not in (None, "dev", "eval"):
        raise UsageError(f"There is no part {part!r}: expected 'dev' or 'eval'.")
    year = None if edition is None else checked_edition(edition)
    found = [system for system in _all() if year in (None, system.edition) and part in (None, system.part)]
    return sorted(found, key=lambda system: (system.edition, system.part, -system.score))


@cache
def _all() -> tuple[PublishedSystem, ...]:
    text = files("offkey.evaluation").joinpath("published.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    sources = document["sources"]
    return (*(_system(table, sources) for table in document["system"]), *_grid(document["grid"], sources))


def _system(table: dict[str, Any], sources: Mapping[str, str]) -> PublishedSystem:
    columns = table.pop("columns", [])
    machines = {
        machine: dict(zip(columns, values, strict=True)) for machine, values in table.pop("machines", {}).items()
    }
    return PublishedSystem(**{**table, "source": sources[table["source"]]}, machines=machines)


def _grid(table: dict[str, Any], sources: Mapping[str, str]) -> list[PublishedSystem]:
    systems = []
    for name, scores in table["rows"].items():
        for column, score in zip(table["columns"], scores, strict=True):
            year, part = column.split()
            systems.append(
                PublishedSystem(int(year), part, f"{name} (ASDKit)", table["kind"], score, sources[table["source"]])
            )
    return systems
