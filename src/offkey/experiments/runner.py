"""The long part of a benchmark: reads what is not read yet, then fits what is not fitted yet, in parallel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from offkey._version import __version__
from offkey.experiments.cell import Cell, Clip, sources
from offkey.experiments.fitting import failed_cell
from offkey.experiments.front_ends import FrontEnds
from offkey.experiments.outcome import CellScores
from offkey.experiments.pieces import Fit, Fitting, Reading, Task
from offkey.experiments.score_store import ScoreStore
from offkey.features.learning import Stage
from offkey.hearing.feature_store import cut_for_store, feature_store
from offkey.hearing.rates import common_rate
from offkey.work.executor import Executor
from offkey.work.thread_pool import Threads

__all__ = ["Worker"]

_HEADERS = 32  # clips of a cell in a store whose header decides the rate


class Worker:
    """Does tasks, and keeps what it finishes.

    Parameters
    ----------
    folder : Path
        Where trained front ends are kept.
    store : str
        Where features and finished tasks are kept: a path or a URL.
    cells : sequence of Cell
        All cells of the benchmark, those included that are finished.
    jobs : int
        Number of threads.
    stage : callable
        Told of each stage.
    executor : Executor, optional
        Who reads and fits; by default threads of this process.
    """

    def __init__(
        self,
        folder: Path,
        store: str,
        cells: Sequence[Cell],
        *,
        jobs: int,
        stage: Stage,
        executor: Executor | None = None,
    ) -> None:
        self._store, self._cells, self._jobs, self._stage, self._executor = store, cells, jobs, stage, executor
        self._front_ends = FrontEnds(folder / "learned", cells, jobs=jobs, stage=stage)
        self._scored = ScoreStore(f"{store}/scored")
        self._rates: dict[tuple[object, ...], tuple[int, list[str]]] = {}
        self._readings: dict[str, Reading] = {}

    def find(self, task: Task) -> CellScores | None:
        """Return what a task gave, None if it is not finished."""
        return self._scored.find(task.candidate, task.cell, task.digest)

    def do(self, tasks: Sequence[Task]) -> None:
        """Do tasks; `find` then finds each.

        Parameters
        ----------
        tasks : sequence of Task
            Those that are not finished.

        Raises
        ------
        OffkeyError
            If a front end cannot learn, or something cannot be read or kept; the rest is done and kept.
        """
        for task in tasks:
            if not task.cell.train:
                names = [clip.name for clip in task.cell.test]
                failed = failed_cell(task.cell, task.digest, "there are no training clips.", names)
                self._scored.write(task.candidate, task.cell, failed)
        able = [task for task in tasks if task.cell.train]
        self._find_rates(able)
        by_folder: dict[str, list[Task]] = {}
        for task in able:
            by_folder.setdefault(self._reading(task).folder, []).append(task)
        self._fit([fit for folder, its in by_folder.items() for fit in self._read(self._readings[folder], its)])

    def _find_rates(self, tasks: Sequence[Task]) -> None:
        learning = any(task.learnt_from for task in tasks)
        for cell in self._cells if learning else [task.cell for task in tasks]:
            if cell.train and cell.key not in self._rates:
                heard = cell.train if cell.train[0].url is None else _some(cell.train)
                self._rates[cell.key] = common_rate(list(sources(heard)), None, self._jobs)

    def _reading(self, task: Task) -> Reading:
        """Return how the clips of a task are read; the features of each front end, channel and rate have a folder."""
        rate = self._rates[task.cell.key][0]
        front_end = self._front_ends.get(task.config, min(rate for rate, _ in self._rates.values()))
        config = task.config.model_dump(include={"channel", "window_s", "hop_s"})
        depends = [__version__, front_end.params(), rate, config, *([about] if (about := front_end.about()) else [])]
        digest = hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()
        folder = f"{self._store}/features/{front_end.name}-{digest[:12]}"
        if folder not in self._readings:
            learnt = front_end.state() if task.learnt_from else None
            self._readings[folder] = Reading(folder, task.config, rate, learnt)
        return self._readings[folder]

    def _read(self, reading: Reading, tasks: Sequence[Task]) -> list[Fit]:
        """Read what is missing of the clips of tasks, and return the fits that can now be done."""
        store = feature_store(reading.folder)
        clips = {clip.key: clip for task in tasks for clip in task.cell.clips}
        missing = [clips[key] for key in store.missing(clips)]
        if missing:
            advance = self._stage("Reading", len(missing))
            if self._executor is None:
                reading.read(store, missing, jobs=self._jobs, advance=advance)
            else:
                parts = cut_for_store(missing)
                self._executor.run(reading, parts, lambda part: _advance(advance, len(part.items)))
                for part in parts:
                    store.remember(clip.key for clip in part.items)
        return [
            Fit(task, *self._rates[task.cell.key], reading.folder, store.places(clip.key for clip in task.cell.clips))
            for task in tasks
        ]

    def _fit(self, fits: Sequence[Fit]) -> None:
        if not fits:
            return
        advance = self._stage("Fitting", len(fits))
        fitting = Fitting(self._scored.folder, {folder: reading.learnt for folder, reading in self._readings.items()})
        executor = self._executor or Threads(self._jobs)
        executor.run(fitting, fits, lambda _fit: advance())


def _some(clips: Sequence[Clip]) -> Sequence[Clip]:
    """Return clips of a store that tell the rate of all: each would have to be fetched whole."""
    return clips[:: max(1, len(clips) // _HEADERS)]


def _advance(step: Callable[[], None], count: int) -> None:
    for _ in range(count):
        step()
