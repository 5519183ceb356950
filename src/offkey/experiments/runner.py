"""Models of candidates on cells: reads what is missing, fits what is not fitted yet, and keeps what it finishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from offkey.errors import OffkeyError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.fitting import failed_cell, fit_and_score
from offkey.experiments.kept_features import InStore, load_clips
from offkey.experiments.outcome import Outcome
from offkey.experiments.reader import CellFeatures, Pair, Reader
from offkey.experiments.reading import Reading
from offkey.experiments.score_store import ScoreStore, digest_of
from offkey.features.learning import Stage
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.feature_store import feature_store
from offkey.model import ModelConfig
from offkey.work.executor import Executor
from offkey.work.thread_pool import Threads

__all__ = ["Runner"]


class Runner:
    """Fits candidates on cells and scores the test clips; what an earlier run finished is found again.

    `folder`: where front ends are kept that have learnt something.
    `store`: where features and finished fits are kept: a path or a URL.
    `false_alarm_rate`: share of normal clips that may be called anomalous.
    `executor`: the executor that reads and fits; by default threads of this process.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        folder: Path,
        store: str,
        *,
        false_alarm_rate: float,
        jobs: int,
        stage: Stage,
        executor: Executor | None = None,
    ) -> None:
        self._cells, self._false_alarm_rate, self._stage = cells, false_alarm_rate, stage
        self._features = InStore(f"{store}/features", executor)
        self._reader = Reader(cells, jobs=jobs, kept=self._features, learned=folder / "learned", stage=stage)
        self._scores = ScoreStore(f"{store}/scored")
        self._executor = executor or Threads(jobs)

    def find(self, candidate: Candidate, cell: Cell) -> Outcome | None:
        """Return what a candidate made of a cell, None if that is not finished."""
        scored = self._scores.find(candidate, cell, self._digest(candidate, cell))
        return None if scored is None else Outcome(candidate, cell, scored)

    def find_all(self, candidate: Candidate) -> list[Outcome] | None:
        """Return what a candidate made of all cells, None if any is not finished, or cannot be any more."""
        try:
            found = [self.find(candidate, cell) for cell in self._cells]
        except OffkeyError:  # a detector or front end that is not installed any more
            return None
        outcomes = [outcome for outcome in found if outcome is not None]
        return outcomes if len(outcomes) == len(found) else None

    def run(self, candidates: Sequence[Candidate]) -> int:
        """Fit candidates on all cells where that is not finished; `find` then finds each."""
        pairs = [(candidate, cell) for cell in self._cells for candidate in candidates]
        waiting = [pair for pair in pairs if self.find(*pair) is None]
        able = [pair for pair in waiting if pair[1].train]
        for candidate, cell in waiting:
            if not cell.train:
                names = [clip.name for clip in cell.test]
                failed = failed_cell(cell, self._digest(candidate, cell), "there are no training clips.", names)
                self._scores.write(candidate, cell, failed)
        self._reader.read(able, partial(self._stage, "Reading"))
        self._fit(able)
        return len(pairs) - len(waiting)

    def _fit(self, pairs: Sequence[Pair]) -> None:
        if not pairs:
            return
        readings: dict[str, Reading] = {}
        fits = []
        for candidate, cell in pairs:
            reading = self._reader.readings.of(candidate, cell)
            readings[reading.name] = reading
            _, notes = self._reader.readings.rate(cell)
            places = self._features.places(reading, cell.clips)
            config, digest = self._config(candidate, cell), self._digest(candidate, cell)
            fits.append(_Fit(candidate, cell, config, digest, reading.name, notes, *places))
        advance = self._stage("Fitting", len(fits))
        self._executor.run(_Fitting(self._scores, readings), fits, lambda _fit: advance())

    def _config(self, candidate: Candidate, cell: Cell) -> ModelConfig:
        return candidate.config(channel=cell.channel, false_alarm_rate=self._false_alarm_rate)

    def _digest(self, candidate: Candidate, cell: Cell) -> str:
        learnt_from = self._reader.front_ends.training if candidate.front_end().learns else ""
        return digest_of(candidate, cell, self._config(candidate, cell), learnt_from)


@dataclass(frozen=True)
class _Fit:
    """A candidate and a cell, and where the features of its clips lie: a piece of work for any executor."""

    candidate: Candidate
    cell: Cell
    config: ModelConfig
    digest: str
    reading: str
    notes: list[str]
    folder: str
    places: Mapping[str, str]

    def features(self) -> CellFeatures:
        """Return the features of the cell."""
        cell = self.cell
        return CellFeatures(cell, *(self._load(clips) for clips in (cell.train, cell.test, cell.noise)))

    def _load(self, clips: Sequence[Clip]) -> list[ClipFeatures]:
        return load_clips(feature_store(self.folder, self.places), clips)

    def __str__(self) -> str:
        return f"the fit of {self.candidate.name} on {self.cell.name}"


@dataclass(frozen=True)
class _Fitting:
    """Fits, scores, and keeps what comes of it."""

    scores: ScoreStore
    readings: Mapping[str, Reading]

    def __call__(self, fit: _Fit) -> None:
        reading = self.readings[fit.reading]
        scored = fit_and_score(
            fit.candidate,
            fit.features(),
            config=fit.config,
            rate=reading.rate,
            digest=fit.digest,
            front_end=reading.front_end(),
            notes=fit.notes,
        )
        self.scores.write(fit.candidate, fit.cell, scored)
