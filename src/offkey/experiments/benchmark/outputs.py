"""The files of a run that people and programs read; each appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.evaluation.promise import Promise, broken_promises
from offkey.experiments.benchmark.protocol import Standing, standing, write_submission_of
from offkey.experiments.benchmark.results import cell_means, result_rows, write_results
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Part
from offkey.experiments.outcome import Outcome
from offkey.experiments.plan import Plan
from offkey.files import atomic_text
from offkey.tables import csv_writer

__all__ = ["SCORE_COLUMNS", "Measured", "measure", "write_files"]

SCORE_COLUMNS = (
    *("file", "score", "p_value", "anomalous", "error"),
    *("part", "machine", "section", "snr_db", "domain", "label"),
)
"""Columns of ``scores/<candidate>.csv``; the first five are those of every score file."""


@dataclass(frozen=True)
class Measured:
    """All outcomes of a run with what they are worth.

    Parameters
    ----------
    plan : Plan
        The data set.
    outcomes : list of Outcome
        By candidate, then by cell.
    rows : list of dict
        The rows of ``results.csv``, by cell, then by candidate.
    standings : list of Standing
        One a candidate and part.
    promised : float, default 0.01
        The share of normal clips that may be called anomalous.
    """

    plan: Plan
    outcomes: list[Outcome]
    rows: list[dict[str, Any]]
    standings: list[Standing]
    promised: float = 0.01

    @property
    def candidates(self) -> list[Candidate]:
        """The candidates, in their order."""
        return list({outcome.candidate.name: outcome.candidate for outcome in self.outcomes}.values())

    @property
    def parts(self) -> list[Part]:
        """The parts, in their order."""
        return list(dict.fromkeys(cell.part for cell in self.plan.cells))

    def of(self, candidate: Candidate, part: Part) -> list[Outcome]:
        """Return the outcomes of one candidate on one part."""
        name = candidate.name
        return [o for o in self.outcomes if o.candidate.name == name and o.cell.part == part]

    def broken_promises(self) -> list[str]:
        """Say for which machines, sections and domains there are more false alarms than promised."""
        names = {cell.key: cell.name for cell in self.plan.cells}
        several = len(self.candidates) > 1
        found = []
        for row in self.rows:
            if (promise := _promise(row, self.promised)) is not None:
                name = names[row["part"], row["machine"], row["section"], row["snr_db"]]
                name += f", {row['domain']} domain" if row["domain"] else ""
                found.append((f"{name} by {row['combination']}" if several else name, promise))
        return broken_promises(found)


def _promise(row: dict[str, Any], rate: float) -> Promise | None:
    """Return how a row's rate was kept; None where nothing was decided about normal clips."""
    if row["false_alarm_rate"] is None or not row["n_normal"]:
        return None
    return Promise(rate, round(row["false_alarm_rate"] * row["n_normal"]), row["n_normal"])


def measure(plan: Plan, outcomes: Sequence[Outcome], promised: float = 0.01) -> Measured:
    """Compute what outcomes are worth.

    Parameters
    ----------
    plan : Plan
        The data set.
    outcomes : sequence of Outcome
        Of each candidate all cells.
    promised : float, default 0.01
        The share of normal clips that may be called anomalous.

    Returns
    -------
    Measured
    """
    place = {cell.key: number for number, cell in enumerate(plan.cells)}
    ordered = sorted(outcomes, key=lambda outcome: place[outcome.cell.key])
    rows = [row for outcome in ordered for row in result_rows(outcome, plan.edition)]
    for row in rows:
        if (promise := _promise(row, promised)) is not None:
            row |= {"promised_rate": promised, "promise_kept": int(promise.kept)}
    measured = Measured(plan, list(outcomes), rows, [], promised)
    for candidate in measured.candidates:
        for part in measured.parts:
            of_part = [row for row in rows if row["combination"] == candidate.name and row["part"] == part]
            means = cell_means(of_part)
            measured.standings.append(standing(candidate, part, measured.of(candidate, part), plan.edition, means))
    return measured


def write_files(folder: Path, measured: Measured) -> None:
    """Write ``results.csv``, ``scores/``, ``official.json`` and, for an edition, ``submission/``.

    Parameters
    ----------
    folder : Path
        The run's folder.
    measured : Measured
        What it holds.

    Raises
    ------
    OffkeyError
        If a file cannot be written.
    """
    _make(folder / "scores")
    for candidate in measured.candidates:
        of_candidate = [outcome for outcome in measured.outcomes if outcome.candidate.name == candidate.name]
        with atomic_text(folder / "scores" / f"{candidate.name}.csv") as file:
            table = csv_writer(file)
            table.writerow(SCORE_COLUMNS)
            table.writerows(row for outcome in of_candidate for row in _score_rows(outcome))
    with atomic_text(folder / "results.csv") as file:
        write_results(measured.rows, file)
    edition = measured.plan.edition
    if edition is not None:
        for position in measured.standings:
            place = folder / "submission" / position.candidate.name / position.part
            position.notes.extend(write_submission_of(place, measured.of(position.candidate, position.part), edition))
    with atomic_text(folder / "official.json") as file:
        entries = [position.to_json() for position in measured.standings]
        only = entries[0]["official_score"] if len(entries) == 1 else None
        content = {"dataset": measured.plan.dataset, "edition": edition, "official_score": only}
        json.dump({**content, "combinations": entries}, file, indent=1)


def _score_rows(outcome: Outcome) -> list[tuple[object, ...]]:
    cell = outcome.cell
    return [
        (
            *(clip.name, scored.score, scored.p_value, scored.anomalous, scored.error),
            *(cell.part, cell.machine, cell.section, cell.snr_db, clip.domain, clip.label),
        )
        for clip, scored in zip(cell.test, outcome.scored.clips, strict=True)
    ]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OffkeyError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
