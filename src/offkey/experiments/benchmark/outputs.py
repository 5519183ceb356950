"""The files of a run that people and programs read; each appears whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from offkey.experiments.benchmark.measured import Measured
from offkey.experiments.benchmark.protocol import write_submission_of
from offkey.experiments.benchmark.results import write_results
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
        of_candidate = [outcome for outcome in measured.outcomes if outcome.candidate.name == candidate.name]
        rows = [SCORE_COLUMNS, *(row for outcome in of_candidate for row in _score_rows(outcome))]
        write_csv(folder / "scores" / f"{candidate.name}.csv", rows)
    write_results(folder / "results.csv", measured.rows)
    edition = measured.plan.edition
    if edition is not None:
        for position in measured.standings:
            place = folder / "submission" / position.candidate.name / position.part
            position.notes.extend(write_submission_of(place, measured.of(position.candidate, position.part), edition))
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
