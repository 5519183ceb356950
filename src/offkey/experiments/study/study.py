"""The study itself: every setting on the same clips, one machine id after the other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from offkey.errors import AudioError, DataError, ParameterError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.detecting import detect
from offkey.experiments.leaderboard.board import Leaderboard, leaderboard
from offkey.experiments.leaderboard.measures import measures_of_outcomes
from offkey.experiments.measures import Figures, figures
from offkey.experiments.outcome import Outcome
from offkey.experiments.paired import measure_paired
from offkey.experiments.reader import Reader
from offkey.experiments.space import Space
from offkey.experiments.system import system_of, titles
from offkey.experiments.tuning.division import cells_of
from offkey.features.learning import Stage
from offkey.work.jobs import checked_jobs

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Study", "Trial", "run_study"]


@dataclass
class Trial:
    """One setting of one detector."""

    space: int
    candidate: Candidate
    label: str  # the values that are tried, in words; empty where nothing is
    cells: dict[str, Figures | str] = field(default_factory=dict)
    mean: Figures | None = None  # over all ids; None if one lacks them
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """Detector and setting."""
        return f"{self.candidate.detector}, {self.label}" if self.label else self.candidate.detector


@dataclass(frozen=True)
class Study:
    """All that was found."""

    ids: list[str]
    trials: list[Trial]
    notes: list[str]
    left_out: dict[str, str]
    board: Leaderboard  # of the settings that could be fitted on every id

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        rows = [
            {
                "config": trial.candidate.components(),
                "mean": None if trial.mean is None else trial.mean.to_json(),
                "ids": [
                    {"id": name, **({"error": one} if isinstance(one, str) else {**one.to_json(), **one.ids[0]})}
                    for name, one in trial.cells.items()
                ],
                "seconds": trial.seconds,
            }
            for trial in self.trials
        ]
        left_out = [{"file": file, "error": reason} for file, reason in self.left_out.items()]
        return {
            "ids": self.ids,
            "settings": rows,
            "leaderboard": self.board.to_json(),
            "notes": self.notes,
            "left_out": left_out,
        }


def run_study(
    table: pl.DataFrame,
    spaces: Sequence[Space],
    *,
    seed: int = 0,
    jobs: int | None = None,
    stage: Stage = lambda _name, _steps: lambda: None,
) -> Study:
    """Fit every setting on the normal training clips of each machine id, and measure it on the test clips.

    Nothing is chosen: every setting is reported, so no label has a say in a figure. Of one id at a time the
    clips are read, once for each front end, and forgotten.

    `table`: the set, as `offkey.datasets.readers.read_dataset` gives it. Clips of the evaluation part are left out.
    `jobs`: number of threads that read clips; by default one per processor.
    `stage`: called with the name of each long step and the number of its parts; what it returns is called after each
        part.
    """
    cells, notes = cells_of(table.iter_rows(named=True))
    threads = checked_jobs(jobs)
    trials = [Trial(number, one, _label(space, one)) for number, space in enumerate(spaces) for one in space]
    scored: dict[int, list[Outcome]] = {number: [] for number in range(len(trials))}
    ids: list[str] = []
    left_out: dict[str, str] = {}
    for cell in cells:
        reader = Reader([cell], jobs=threads)
        try:
            _read(reader, cell, trials, stage)
        except AudioError as error:
            notes.append(f"{cell.title} is left out: {error}")
            continue
        finally:
            left_out |= reader.left_out
        ids.append(cell.title)
        advance = stage(f"Fitting {cell.title}", len(trials))
        for number, trial in enumerate(trials):
            _try(reader, cell, trial, scored[number], seed)
            advance()
    if not ids:
        raise DataError(
            "A study needs an id with normal training clips and labelled test clips, normal and anomalous; found none"
            f"{': ' + notes[0] if notes else '.'}"
        )
    for number, trial in enumerate(trials):
        trial.mean = figures(scored[number], seed=seed) if len(scored[number]) == len(ids) else None
    whole = [(trial, scored[number]) for number, trial in enumerate(trials) if trial.mean is not None]
    if not whole:
        raise DataError(f"No setting could be fitted on every id; the first: {_reason(trials[0])}")
    return Study(ids, trials, notes, left_out, _board([one.candidate for one, _ in whole], [made for _, made in whole]))


def _board(candidates: Sequence[Candidate], outcomes: Sequence[Sequence[Outcome]]) -> Leaderboard:
    named = zip(candidates, titles(candidates), outcomes, strict=True)
    systems = [system_of(candidate.name, title, scored) for candidate, title, scored in named]
    paired = measure_paired(systems, outcomes[0][0].cell.part, None)
    measures = {one.name: measures_of_outcomes(scored) for one, scored in zip(systems, outcomes, strict=True)}
    return leaderboard(f"{len(systems)} settings, {paired.n_clips} clips", systems, paired, measures=measures)


def _reason(trial: Trial) -> str:
    return next((one for one in trial.cells.values() if isinstance(one, str)), "it has no figures.")


def _read(reader: Reader, cell: Cell, trials: Sequence[Trial], stage: Stage) -> None:
    """Read the clips of one id, once for each front end."""
    front_ends = {trial.candidate.features_key: trial.candidate for trial in trials}.values()
    reader.read([(candidate, cell) for candidate in front_ends], partial(stage, f"Reading {cell.title}"))
    for candidate in front_ends:
        reader.features(candidate, cell)


def _try(reader: Reader, cell: Cell, trial: Trial, scored: list[Outcome], seed: int) -> None:
    began = time.perf_counter()
    try:
        found = detect(trial.candidate, reader.features(trial.candidate, cell))
    except ParameterError as error:  # such as more components than clips: this setting's own trouble
        trial.cells[cell.title] = str(error)
        return
    trial.seconds += time.perf_counter() - began
    trial.cells[cell.title] = figures([found], seed=seed)
    scored.append(found)


def _label(space: Space, candidate: Candidate) -> str:
    """Return the label of a setting: the values of parameters that have several, else of all that are given."""
    axes = [axis for axis in space.axes if len(axis.values) > 1] or space.axes
    return ", ".join(f"{axis.name}={axis.value_of(candidate)}" for axis in axes)
