"""The scores of finished benchmark runs, as systems that can be compared clip by clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from offkey.errors import DataError
from offkey.experiments.benchmark.run_folder import read_run, read_run_results, read_run_scores
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import CellKey
from offkey.experiments.leaderboard.measures import Measures, measures_of_rows
from offkey.experiments.system import LabelledScore, System, titles
from offkey.tables import number

__all__ = ["RunScores", "RunSystem", "read_runs"]


@dataclass(frozen=True)
class RunSystem(System):
    """One candidate of one run."""

    run: Path
    candidate: str
    measures: Mapping[str, Measures]  # by part


@dataclass(frozen=True)
class RunScores:
    """The systems of several runs of one data set."""

    dataset: str
    edition: int | None
    systems: list[RunSystem]
    notes: list[str]  # what a reader of a comparison must know


def read_runs(paths: Sequence[str | PathLike[str]]) -> RunScores:
    """Read the scores of runs.

    Returns: all candidates of all runs; named by the run too where a candidate is in several.
    """
    runs = {Path(path): read_run(Path(path)) for path in paths}
    for path, content in runs.items():
        if not content.get("complete"):
            raise DataError(f"The run {path} is not finished: give the same 'offkey benchmark' command again.")
    dataset, edition = _common(runs)
    candidates = [
        (path, entry["combination"], title)
        for path, content in runs.items()
        for entry, title in zip(content["combinations"], _titles(content["combinations"]), strict=True)
    ]
    counts = Counter(name for _, name, _ in candidates)
    systems = []
    for path, name, title in candidates:
        alone = counts[name] == 1
        cells = _cells(path, name, edition)
        unique = name if alone else f"{path}/{name}"
        titled = title if alone else f"{title}, {path.name}"
        systems.append(RunSystem(unique, titled, cells, path, name, _measures(path, name)))
    return RunScores(dataset, edition, systems, _notes(runs))


def _measures(path: Path, candidate: str) -> dict[str, Measures]:
    """Return what the results of a run tell of a candidate, by part; of runs of earlier versions less."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in read_run_results(path, candidate):
        values = {name: number(text) for name, text in row.items()}
        rows.setdefault(row["part"], []).append(values | {"domain": row["domain"]})
    return {part: measures_of_rows(of_part) for part, of_part in rows.items()}


def _titles(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    try:
        return titles([Candidate.from_json(entry) for entry in entries])
    except (TypeError, AttributeError):  # of a later version, with parts that this one does not know
        return [str(entry["combination"]) for entry in entries]


def _common(runs: Mapping[Path, Mapping[str, Any]]) -> tuple[str, int | None]:
    """Return the data set of all runs."""
    (first, content), *others = runs.items()
    for path, other in others:
        if other["dataset"] != content["dataset"]:
            raise DataError(
                f"The runs cannot be compared: {first} is of {content['dataset']}, {path} is of {other['dataset']}."
            )
    return content["dataset"], content["edition"]


def _notes(runs: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    """Return a note for each cell whose clips have the same names but not the same content."""
    notes = []
    digests: dict[CellKey, tuple[Path, str]] = {}
    for path, content in runs.items():
        for cell in content["groups"]:
            key = CellKey.of(cell)
            known, digest = digests.setdefault(key, (path, cell["test_digest"]))
            if digest != cell["test_digest"]:
                notes.append(f"The test clips of {key.name} in {path} are not those in {known}, though named alike.")
    return notes


def _cells(path: Path, candidate: str, edition: int | None) -> dict[CellKey, dict[str, LabelledScore]]:
    cells: dict[CellKey, dict[str, LabelledScore]] = {}
    for where, row in read_run_scores(path, candidate):
        try:
            known = {column: row[column] or None for column in CellKey._fields}
            key = CellKey.of(known | {"snr_db": number(row["snr_db"]) if row["snr_db"] else None})
            name = row["file"] if edition is None else PurePosixPath(row["file"]).name
            label = int(row["label"]) if row["label"] else None
            clip = LabelledScore(None if row["error"] else number(row["score"]), label, row["domain"])
        except (KeyError, ValueError) as error:
            raise DataError(f"{where} is not as 'offkey benchmark' writes it ({error}): run it again.") from error
        clips = cells.setdefault(key, {})
        if name in clips:
            raise DataError(f"{where}: the clip {name} of {key.name} ({key.part}) is there twice.")
        clips[name] = clip
    return cells
