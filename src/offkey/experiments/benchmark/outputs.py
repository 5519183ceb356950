"""The files of a run that people and programs read; each appears whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from offkey.evaluation.submission_writer import write_submission
from offkey.experiments.benchmark.measured import Measured
from offkey.experiments.benchmark.results import RESULT_COLUMNS
from offkey.experiments.outcome import Outcome
from offkey.files import atomic_text, make_folder
from offkey.tables import write_csv

__all__ = ["SCORE_COLUMNS", "write_files"]

SCORE_COLUMNS = (
    *("file", "score", "p_value", "anomalous", "error"),
    *("part", "machine", "section", "snr_db", "domain", "label"),
)
"""Columns of ``scores/<candidate>.csv``; the first five are those of every score file."""


def write_files(folder: Path, measured: Measured) -> None:
    """Write ``results.csv``, ``scores/``, ``official.json`` and, for an edition, ``submission/``."""
    make_folder(folder / "scores")
    for candidate in measured.candidates:
        rows = [SCORE_COLUMNS, *(row for outcome in measured.of(candidate) for row in _score_rows(outcome))]
        write_csv(folder / "scores" / f"{candidate.name}.csv", rows)
    results = ([row[column] for column in RESULT_COLUMNS] for row in measured.rows)
    write_csv(folder / "results.csv", [RESULT_COLUMNS, *results])
    for position in measured.standings:
        if position.submission is not None:
            place = folder / "submission" / position.candidate.name / position.part
            write_submission(place, position.submission)
    with atomic_text(folder / "official.json") as file:
        entries = [position.to_json() for position in measured.standings]
        only = entries[0]["official_score"] if len(entries) == 1 else None
        content = {"dataset": measured.plan.dataset, "edition": measured.plan.year, "official_score": only}
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
