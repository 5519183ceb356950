"""The features of the clips of cells, each clip read once for a front end, channel and rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.front_ends import FrontEnds
from offkey.experiments.kept_features import InMemory, KeptFeatures
from offkey.experiments.reading import Reading, Readings
from offkey.features.learning import Stage
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.model.fitting.gathering import FEWEST_CLIPS

__all__ = ["CellFeatures", "Pair", "Reader"]

Pair: TypeAlias = tuple[Candidate, Cell]
"""A candidate and what it is fitted and tested on."""

Progress: TypeAlias = Callable[[int], Callable[[], None]]


@dataclass(frozen=True)
class CellFeatures:
    """The features of the clips of a cell."""

    cell: Cell
    train: Sequence[ClipFeatures]
    test: Sequence[ClipFeatures]
    noise: Sequence[ClipFeatures] = field(default_factory=list)

    @cached_property
    def train_batch(self) -> Batch:
        """The windows of the training clips."""
        return Batch(self.train)

    @cached_property
    def test_batch(self) -> Batch:
        """The windows of the test clips."""
        return Batch(self.test)

    @property
    def domains(self) -> NDArray[np.str_] | None:
        """The domain of each window of the training clips, None unless all are known and there are several."""
        return None if self.cell.domains is None else np.array(self.train_batch.spread(self.cell.domains))

    @property
    def errors(self) -> dict[str, str]:
        """The first reason of each clip of which something could not be used."""
        both = ((self.cell.train, self.train_batch), (self.cell.test, self.test_batch))
        return {clips[number].name: reason for clips, batch in both for number, reason in batch.errors.items()}

    def check(self) -> None:
        """Check that there is enough to train on, and to test with; an AudioError if not."""
        labels = [self.cell.test[number].label for number in self.test_batch.usable_clips]
        if len(self.train_batch) >= FEWEST_CLIPS and len(set(labels)) > 1:
            return
        reason = next(iter(self.errors.values()), None)
        raise AudioError(
            f"Too few clips of {self.cell.title} can be used: expected at least {FEWEST_CLIPS} to train on and test "
            f"clips of both labels, found {len(self.train_batch)} to train on, {labels.count(0)} normal and "
            f"{labels.count(1)} anomalous{f'; the first reason: {reason}' if reason else '.'}"
        )


class Reader:
    """Reads what is missing of cells, and returns the features of what was read.

    `cells`: all cells; a front end that learns does so once, on the training clips of all of them.
    `kept`: where features are kept; by default in memory.
    `learned`: folder of front ends that have learnt something; by default they are kept in memory.
    `rate`: sampling rate in Hz at which all is heard; by default each cell at that of its training clips.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        *,
        jobs: int,
        kept: KeptFeatures | None = None,
        learned: Path | None = None,
        rate: int | None = None,
        stage: Stage = lambda _name, _steps: lambda: None,
    ) -> None:
        self.left_out: dict[str, str] = {}
        self._jobs, self._kept = jobs, InMemory() if kept is None else kept
        self.front_ends = FrontEnds(learned, cells, jobs=jobs, stage=stage)
        self.readings = Readings(cells, self.front_ends, jobs=jobs, rate=rate)

    def read(self, pairs: Iterable[Pair], progress: Progress = lambda _clips: lambda: None) -> None:
        """Read what is missing for candidates on cells.

        `pairs`: what is to be fitted; of the candidates only the front ends matter.
        `progress`: called with the number of clips to read; what it returns is called after each.
        """
        wanted: dict[str, tuple[Reading, list[Clip]]] = {}
        for candidate, cell in pairs:
            reading = self.readings.of(candidate, cell)
            wanted.setdefault(reading.name, (reading, []))[1].extend(cell.clips)
        missing = [(reading, self._kept.missing(reading, clips)) for reading, clips in wanted.values()]
        if total := sum(len(clips) for _, clips in missing):
            advance = progress(total)
            for reading, clips in missing:
                self._kept.read(reading, clips, jobs=self._jobs, advance=advance)

    def features(self, candidate: Candidate, cell: Cell) -> CellFeatures:
        """Return the features of a cell by the front end of a candidate; what is missing is read."""
        self.read([(candidate, cell)])
        reading = self.readings.of(candidate, cell)
        features = CellFeatures(cell, *(self._kept.load(reading, clips) for clips in (cell.train, cell.test)))
        self.left_out |= features.errors
        features.check()
        return features
