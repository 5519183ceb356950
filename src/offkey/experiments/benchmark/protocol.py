"""A candidate measured by the protocol of its edition: the official score, and the submission that gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from offkey.datasets.editions.edition import Edition
from offkey.errors import DataError
from offkey.evaluation.intervals import Interval
from offkey.evaluation.official import OfficialScore, rank_sections, score_ranked
from offkey.evaluation.official_intervals import official_interval
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission_writer import write_submission
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import SetPart
from offkey.experiments.outcome import Outcome
from offkey.listing import listing

__all__ = ["Standing", "standing", "submission_sections", "write_submission_of"]


@dataclass(frozen=True)
class Standing:
    """The figures of a candidate on one part of a data set."""

    candidate: Candidate
    part: SetPart  # {"dev", "eval"}; the set
    official: OfficialScore | None  # None where the data set has no edition, or labels are not known
    interval: Interval | None
    means: dict[str, float | None]  # ``auc_mean`` and ``pauc_mean`` over sections
    notes: list[str] = field(default_factory=list)  # what a reader must know beside the score

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; ``official_score`` is null where there is none."""
        nothing: dict[str, Any] = {"official_score": None, "machines": [], "machine_means": [], "means": None}
        return {
            **self.candidate.to_json(),
            "part": self.part,
            **(self.official.to_json() if self.official else nothing),
            "official_score_ci": list(self.interval) if self.interval else None,
            **self.means,
            "notes": self.notes,
        }


def standing(
    candidate: Candidate,
    part: SetPart,
    outcomes: Sequence[Outcome],
    edition: Edition | None,
    means: dict[str, float | None],
) -> Standing:
    """Measure one candidate on one part.

    `part`: {"dev", "eval"}; on which set.
    `means`: its ``auc_mean`` and ``pauc_mean``.
    Returns: where the official score cannot be computed a note says why.
    """
    if edition is None:
        return Standing(candidate, part, None, None, means)
    sections, notes = submission_sections(outcomes)
    unknown = [o.cell.name for o in outcomes if any(clip.label is None for clip in o.cell.test)]
    if unknown:
        place = edition.ground_truth.replace("`", "")
        notes.append(
            f"No official score: the labels of {listing(unknown)} are secret; give them with --ground-truth, once the "
            f"organisers publish them: {place}."
        )
        return Standing(candidate, part, None, None, means, notes)
    try:
        ranked = rank_sections(sections, edition.score)
    except DataError as error:
        notes.append(f"No official score: {error}")
        return Standing(candidate, part, None, None, means, notes)
    interval = official_interval(ranked, edition.score)
    return Standing(candidate, part, score_ranked(ranked, edition), interval, means, notes)


def write_submission_of(folder: Path, outcomes: Sequence[Outcome], edition: Edition) -> list[str]:
    """Write the submission of one candidate and part.

    Returns: why there is none, if there is none.
    """
    sections, _ = submission_sections(outcomes)
    try:
        write_submission(folder, edition, sections)
    except DataError as error:
        return [f"No submission in {folder}: {error}"]
    return []


def submission_sections(outcomes: Sequence[Outcome]) -> tuple[list[SectionScores], list[str]]:
    """Return what a submission says, and what about it is not as it should be.

    A submission must have a score for every clip. A clip that could not be read gets the median score of
    its section and the decision normal, which favours neither answer; a note names it. A section
    without a model is left out.

    Returns `sections`: the sections; labels are 0 where they are unknown.
    """
    sections, filled, missing = [], [], []
    for outcome in outcomes:
        scores = [clip.score for clip in outcome.scored.clips if clip.score is not None]
        if not scores:
            missing.append(outcome.cell.name)
            continue
        neutral = float(np.median(scores))
        filled += [clip.name for clip in outcome.scored.clips if clip.score is None]
        sections.append(_section(outcome, neutral))
    notes = []
    if filled:
        notes.append(f"{len(filled)} clips without a score have the median of their section: {listing(filled)}.")
    if missing:
        notes.append(f"The submission and the official score lack {listing(missing)}, for want of a model.")
    return sections, notes


def _section(outcome: Outcome, neutral: float) -> SectionScores:
    cell, clips = outcome.cell, outcome.scored.clips
    return SectionScores(
        cell.machine or "",
        cell.section or "",
        tuple(Path(clip.name).name for clip in cell.test),
        np.array([neutral if clip.score is None else clip.score for clip in clips]),
        np.array([clip.label or 0 for clip in cell.test], dtype=np.int8),
        np.array([clip.domain or "" for clip in cell.test], dtype=np.str_),
        np.array([clip.anomalous or 0 for clip in clips], dtype=np.int8),
    )
