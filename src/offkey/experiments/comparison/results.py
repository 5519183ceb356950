"""The results of a comparison of systems."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from offkey.datasets.editions.results import PublishedSystem
from offkey.errors import MissingExtraError
from offkey.evaluation.intervals import Difference
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.leaderboard.files import markdown, write_leaderboards
from offkey.experiments.leaderboard.page import fragment
from offkey.experiments.leaderboard.picture import picture_of
from offkey.pictures import Picture

__all__ = ["Comparison", "PartComparison", "SystemFigures"]

_STYLE = ".board .n{text-align:right}.board .score{font-weight:bold}.board svg{width:120px;height:12px;fill:#888}"


@dataclass(frozen=True)
class SystemFigures:
    """The figures of one system on one machine, or on all.

    `figures`: `offkey.experiments.paired.FIGURES`, and where the edition has them ``auc_source`` and the like: means
        over sections as the edition takes them.
    """

    machine: str | None  # empty where the data set names none; None for all machines
    system: str
    figures: dict[str, float | None]
    differences: dict[str, Difference | None]  # of each figure to that of the reference; None for the reference itself

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        differences = {
            f"{name}_difference": None if found is None else {"value": found.value, "ci": list(found.interval)}
            for name, found in self.differences.items()
        }
        return {"machine": self.machine, "system": self.system, **self.figures, **differences}


@dataclass(frozen=True)
class PartComparison:
    """The comparison on one part of a data set.

    `published`: what others published for the same part of the same edition, the best first.
    """

    part: str  # {"dev", "eval"}; the set
    n_clips: int
    board: Leaderboard
    rows: list[SystemFigures]  # one row per machine and system, then one row per system for all machines
    published: list[PublishedSystem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        names = ("name", "kind", "score", "source", "derived", "confirmed")
        return {
            "part": self.part,
            "n_clips": self.n_clips,
            "machines": [row.to_json() for row in self.rows if row.machine is not None],
            "total": [row.to_json() for row in self.rows if row.machine is None],
            "leaderboard": self.board.to_json(),
            "published": [
                {name: getattr(one, name) for name in names}
                | {"machines": {machine: dict(figures) for machine, figures in one.machines.items()}}
                for one in self.published
            ],
            "notes": self.notes,
        }


@dataclass(frozen=True, repr=False)
class Comparison:
    """The comparison of several models; notebooks show it as leaderboards.

    Parameters
    ----------
    dataset, edition : str, int or None
        Name of the data set and, for DCASE, the year.
    reference : str
        Name of the candidate that the others are compared with.
    parts : list of PartComparison
        One per part of the data set that all runs have.
    notes : list of str
        Remarks that apply to all parts.

    Examples
    --------
    >>> import offkey
    >>> found = offkey.compare("run", n_resamples=100)
    >>> found.plot().save("leaderboard.pdf", width="8.8cm")
    """

    dataset: str
    edition: int | None
    reference: str
    parts: list[PartComparison]
    notes: list[str]

    @property
    def leaderboards(self) -> list[Leaderboard]:
        """The leaderboard of each part."""
        return [part.board for part in self.parts]

    def plot(self) -> Picture:
        """Return the intervals of all candidates as a picture, which notebooks show and ``save`` writes."""
        return picture_of(self.leaderboards)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the leaderboards to a file, in the format of its ending: .csv, .tex, .md or .html."""
        write_leaderboards(self.leaderboards, Path(path))

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "dataset": self.dataset,
            "edition": self.edition,
            "reference": self.reference,
            "parts": [part.to_json() for part in self.parts],
            "notes": self.notes,
        }

    def __repr__(self) -> str:
        return markdown(self.leaderboards).rstrip()

    def _repr_html_(self) -> str:
        try:
            tables = "".join(map(fragment, self.leaderboards))
        except MissingExtraError:
            return f"<pre>{escape(repr(self))}</pre>"
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<style>{_STYLE}</style>{tables}{notes}"
