"""Systems: candidates of any experiment as scores of clips by name, which can be compared clip by clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import CellKey
from offkey.experiments.outcome import Outcome

__all__ = ["LabelledScore", "System", "system_of", "titles"]


class LabelledScore(NamedTuple):
    """The score of one clip by one system, with what is known of the clip."""

    score: float | None  # anomaly score, None where there was an error
    label: int | None  # 0 for normal, 1 for anomaly, None where it is secret
    domain: str  # ``"source"``, ``"target"`` or empty


@dataclass(frozen=True)
class System:
    """One candidate with its scores.

    `name`: the name that no other system of a comparison has.
    `title`: its name in tables: ``fused (logmel)``.
    `cells`: its clips by name: the file's name in an edition, else the path from the data set's folder.
    """

    name: str
    title: str
    cells: Mapping[CellKey, Mapping[str, LabelledScore]]


def system_of(name: str, title: str, outcomes: Sequence[Outcome]) -> System:
    """Return the outcomes of one candidate as a system."""
    cells = {}
    for outcome in outcomes:
        pairs = zip(outcome.cell.test, outcome.scored.clips, strict=True)
        cells[outcome.cell.key] = {
            clip.name: LabelledScore(scored.score, clip.label, clip.domain or "") for clip, scored in pairs
        }
    return System(name, title, cells)


def titles(candidates: Sequence[Candidate]) -> list[str]:
    """Return names of candidates for tables, such as ``gmm n_components=4 (logmel)``.

    The seed stands in a name only where candidates differ by nothing else.
    """
    found = [candidate.title for candidate in candidates]
    counts = Counter(found)
    return [
        title if counts[title] == 1 else f"{title}, seed {one.seed}"
        for title, one in zip(found, candidates, strict=True)
    ]
