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
from offkey.experiments.reader import CellFeatures, Reader
from offkey.experiments.reading import Reading
from offkey.experiments.score_store import ScoreStore, digest_of
from offkey.features.learning import Stage
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.feature_store import feature_store
from offkey.model import ModelConfig
from offkey.work.executor import Executor
from offkey.work.thread_pool import Threads

__all__ = ["Finished", "Runner"]


@dataclass(frozen=True)
class Finished:
    """The outcomes of candidates on all cells."""

    outcomes: list[Outcome]  # by candidate, then by cell
    lost: list[Candidate]  # those that are not finished, whose outcomes are left out
    reused: int  # number of fits that were there already


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

    def run(self, candidates: Sequence[Candidate], known: Sequence[Candidate] | None = None) -> Finished:
        """Fit candidates on all cells where that is not finished.

        `known`: whose outcomes are returned; by default those of `candidates`.
        """
        pieces = [self._piece(candidate, cell) for cell in self._cells for candidate in candidates]
        waiting = [piece for piece in pieces if self._find(piece) is None]
        able = [piece for piece in waiting if piece.cell.train]
        for piece in waiting:
            if not piece.cell.train:
                names = [clip.name for clip in piece.cell.test]
                failed = failed_cell(piece.cell, piece.digest, "there are no training clips.", names)
                self._scores.write(piece.candidate, piece.cell, failed)
        self._reader.read([(piece.candidate, piece.cell) for piece in able], partial(self._stage, "Reading"))
        self._fit(able)
        found = [(candidate, self.find(candidate)) for candidate in (candidates if known is None else known)]
        outcomes = [outcome for _, of_one in found for outcome in of_one or ()]
        lost = [candidate for candidate, of_one in found if of_one is None]
        return Finished(outcomes, lost, len(pieces) - len(waiting))

    def find(self, candidate: Candidate) -> list[Outcome] | None:
        """Return what a candidate made of all cells, None if any is not finished, or cannot be any more."""
        try:
            found = [self._find(self._piece(candidate, cell)) for cell in self._cells]
        except OffkeyError:  # a detector or front end that is not installed any more
            return None
        outcomes = [outcome for outcome in found if outcome is not None]
        return outcomes if len(outcomes) == len(found) else None

    def _find(self, piece: _Piece) -> Outcome | None:
        scored = self._scores.find(piece.candidate, piece.cell, piece.digest)
        return None if scored is None else Outcome(piece.candidate, piece.cell, scored)

    def _fit(self, pieces: Sequence[_Piece]) -> None:
        if not pieces:
            return
        readings: dict[str, Reading] = {}
        fits = []
        for piece in pieces:
            reading = self._reader.readings.of(piece.candidate, piece.cell)
            readings[reading.name] = reading
            _, notes = self._reader.readings.rate(piece.cell)
            fits.append(_Fit(piece, reading.name, notes, *self._features.places(reading, piece.cell.clips)))
        advance = self._stage("Fitting", len(fits))
        self._executor.run(_Fitting(self._scores, readings), fits, lambda _fit: advance())

    def _piece(self, candidate: Candidate, cell: Cell) -> _Piece:
        config = candidate.config(channel=cell.channel, false_alarm_rate=self._false_alarm_rate)
        learnt_from = self._reader.front_ends.training if candidate.front_end().learns else ""
        return _Piece(candidate, cell, config, digest_of(candidate, cell, config, learnt_from))


@dataclass(frozen=True)
class _Piece:
    """A candidate and a cell, with a digest of all that their scores depend on."""

    candidate: Candidate
    cell: Cell
    config: ModelConfig
    digest: str


@dataclass(frozen=True)
class _Fit:
    """A piece, and where the features of its clips lie: work for any executor."""

    piece: _Piece
    reading: str
    notes: list[str]
    folder: str
    places: Mapping[str, str]

    def features(self) -> CellFeatures:
        """Return the features of the cell."""
        cell = self.piece.cell
        return CellFeatures(cell, *(self._load(clips) for clips in (cell.train, cell.test, cell.noise)))

    def _load(self, clips: Sequence[Clip]) -> list[ClipFeatures]:
        return load_clips(feature_store(self.folder, self.places), clips)

    def __str__(self) -> str:
        return f"the fit of {self.piece.candidate.name} on {self.piece.cell.name}"


@dataclass(frozen=True)
class _Fitting:
    """Fits, scores, and keeps what comes of it."""

    scores: ScoreStore
    readings: Mapping[str, Reading]

    def __call__(self, fit: _Fit) -> None:
        piece, reading = fit.piece, self.readings[fit.reading]
        scored = fit_and_score(
            piece.candidate,
            fit.features(),
            config=piece.config,
            rate=reading.rate,
            digest=piece.digest,
            front_end=reading.front_end(),
            notes=fit.notes,
        )
        self.scores.write(piece.candidate, piece.cell, scored)
