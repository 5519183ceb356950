"""The official score of a submission folder, anyone's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from offkey.datasets.editions import find_edition
from offkey.datasets.ground_truth import read_ground_truth
from offkey.datasets.original_names import read_original_names
from offkey.evaluation.intervals import Interval
from offkey.evaluation.official import OfficialScore, rank_sections, score_ranked
from offkey.evaluation.official_intervals import official_interval
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission import read_submission

__all__ = ["SubmissionScore", "dcase_score"]


@dataclass(frozen=True, eq=False)
class SubmissionScore:
    """The official score of a submission, its interval, and the clips behind it.

    Attributes
    ----------
    official : OfficialScore
        The score and its figures.
    interval : tuple of float
        Low and high end of the bootstrap 95 % interval of the score.
    labels : str
        Where the labels come from: the path of the ground truth, or ``"clip names"``.
    sections : list of SectionScores
        The clips that were scored.

    Examples
    --------
    >>> from offkey.evaluation import dcase_score
    >>> dcase_score("submission", 2020).labels
    'clip names'
    """

    official: OfficialScore
    interval: Interval
    labels: str
    sections: list[SectionScores]

    @property
    def notes(self) -> list[str]:
        """Remarks that belong beside the score."""
        notes = []
        if find_edition(self.official.edition).submission.decisions and any(
            section.decisions is None for section in self.sections
        ):
            notes.append("There are no decision_result files: precision, recall and F1 score are not known.")
        if self.labels == "clip names":
            machines = ", ".join(row["machine"] for row in self.official.machine_means)
            notes.append(f"Labels come from the clips' names, and the score covers what the folder holds: {machines}.")
        return notes

    def to_json(self) -> dict[str, Any]:
        """Return everything but the clips as JSON values."""
        return {
            **self.official.to_json(),
            "official_score_ci": list(self.interval),
            "n_clips": sum(map(len, self.sections)),
            "labels": self.labels,
            "notes": self.notes,
        }


def dcase_score(
    folder: str | PathLike[str],
    edition: int | str,
    ground_truth: str | PathLike[str] | None = None,
    *,
    machines: Collection[str] | None = None,
    seed: int = 0,
) -> SubmissionScore:
    """Check a submission and compute its official score.

    Parameters
    ----------
    folder : path
        The folder with the score files and, if the edition requires them, decision files.
    edition : int or str
        The year.
    ground_truth : path, optional
        The organisers' ground truth: a list, the folder ``ground_truth_data``, a folder that holds one of these, or a
        folder with one such folder per edition, named ``dcase2023`` and so on. By default labels are read from the
        clips' names, as in the development sets.
    machines : collection of str, optional
        Score only these machines; all by default.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    SubmissionScore
        The score and the figures behind it.

    Raises
    ------
    DataError
        If the submission or the ground truth is invalid; the message lists the faults.
    UsageError
        If there is no such edition.

    Examples
    --------
    >>> from offkey.evaluation import dcase_score
    >>> round(dcase_score("submission", 2020).official.score, 4)
    0.7434
    """
    found = find_edition(edition)
    truths, originals, labels = None, None, "clip names"
    if ground_truth is not None:
        inner = Path(ground_truth) / f"dcase{found.year}"
        source = inner if inner.is_dir() else Path(ground_truth)
        truths, labels = read_ground_truth(source), str(source)
        originals = read_original_names(source, truths)
    sections = read_submission(folder, found, truths, original_names=originals, machines=machines)
    ranked = rank_sections(sections, found.score)
    interval = official_interval(ranked, found.score, seed=seed)
    return SubmissionScore(score_ranked(ranked, found), interval, labels, sections)
