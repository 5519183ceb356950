"""A candidate measured by the protocol of its edition: the official score, and the submission that gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from offkey.evaluation.submission_writer import Tables, submission_tables
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import SetPart
from offkey.experiments.outcome import Outcome
from offkey.listing import listing

__all__ = ["Standing", "cell_means", "standing", "submission_sections"]


@dataclass(frozen=True)
class Standing:
    """The figures of a candidate on one part of a data set."""

    candidate: Candidate
    part: SetPart  # {"dev", "eval"}; the set
    official: OfficialScore | None  # None where the data set has no edition, or labels are not known
    interval: Interval | None
    means: dict[str, float | None]  # ``auc_mean`` and ``pauc_mean`` over sections
    submission: Tables | None = None  # None where there is no edition, or none can be made
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


def cell_means(rows: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return the arithmetic means of AUC and pAUC over whole sections; None if one lacks them."""
    whole = [row for row in rows if row["domain"] is None]
    means: dict[str, float | None] = {}
    for column in ("auc", "pauc"):
        values = [row[column] for row in whole]
        means[f"{column}_mean"] = None if None in values or not values else float(np.mean(values))
    return means


def standing(
    candidate: Candidate,
    part: SetPart,
    outcomes: Sequence[Outcome],
    edition: Edition | None,
    means: dict[str, float | None],
    folder: Path,
) -> Standing:
    """Measure one candidate on one part.

    `part`: {"dev", "eval"}; on which set.
    `means`: its ``auc_mean`` and ``pauc_mean``.
    `folder`: where its submission is to be written.
    Returns: where there is no official score or no submission, a note says why.
    """
    if edition is None:
        return Standing(candidate, part, None, None, means)
    sections, notes = submission_sections(outcomes)
    official = interval = submission = None
    unknown = [o.cell.name for o in outcomes if any(clip.label is None for clip in o.cell.test)]
    try:
        if unknown:
            place = edition.ground_truth.replace("`", "")
            raise DataError(
                f"the labels of {listing(unknown)} are secret; give them with --ground-truth, once the organisers "
                f"publish them: {place}."
            )
        ranked = rank_sections(sections, edition.score)
        official, interval = score_ranked(ranked, edition), official_interval(ranked, edition.score)
    except DataError as error:
        notes.append(f"No official score: {error}")
    try:
        submission = submission_tables(edition, sections)
    except DataError as error:
        notes.append(f"No submission in {folder}: {error}")
    return Standing(candidate, part, official, interval, means, submission, notes)


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
