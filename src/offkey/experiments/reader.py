"""The features of the clips of cells in memory, each clip read once for a front end and channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip, sources
from offkey.experiments.front_ends import FrontEnds
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.model.fitting import FEWEST_CLIPS, make_extractor

__all__ = ["CellFeatures", "Reader"]


@dataclass(frozen=True)
class CellFeatures:
    """The features of the clips of a cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    train, test : list of ClipFeatures
        Those of its clips, in its order.
    """

    cell: Cell
    train: list[ClipFeatures]
    test: list[ClipFeatures]

    @cached_property
    def train_rows(self) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """The features of the windows of training clips, and the number of the clip of each."""
        return _rows(self.train)

    @cached_property
    def test_rows(self) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """The features of the windows of test clips, and the number of the clip of each."""
        return _rows(self.test)

    @property
    def domains(self) -> NDArray[np.str_] | None:
        """The domain of each row of training clips, None unless all are known and there are several."""
        return None if self.cell.domains is None else np.array(self.cell.domains)[self.train_rows[1]]

    @property
    def errors(self) -> dict[str, str]:
        """The first reason of each clip of which something could not be used."""
        clips = (*self.train, *self.test)
        reasons = ((clip.name, [one.error for one in clip.windows if one.error is not None]) for clip in clips)
        return {name: errors[0] for name, errors in reasons if errors}

    def check(self) -> None:
        """Check that there is enough to train on, and to test with; an AudioError if not."""
        labels = [self.cell.test[number].label for number in np.unique(self.test_rows[1])]
        n_train = len(self.train_rows[0])
        if n_train >= FEWEST_CLIPS and len(set(labels)) > 1:
            return
        reason = next(iter(self.errors.values()), None)
        raise AudioError(
            f"Too few clips of {self.cell.title} can be used: expected at least {FEWEST_CLIPS} to train on and test "
            f"clips of both labels, found {n_train} to train on, {labels.count(0)} normal and {labels.count(1)} "
            f"anomalous{f'; the first reason: {reason}' if reason else '.'}"
        )


class Reader:
    """Reads cells, and keeps what it read: no clip is read twice for one front end.

    Parameters
    ----------
    rate : int
        Sampling rate in Hz at which everything is heard.
    jobs : int
        Number of threads.
    cells : sequence of Cell
        All cells; a front end that learns does so once, on the training clips of all of them.

    Attributes
    ----------
    left_out : dict of str to str
        Clips that cannot be used, and why.
    """

    def __init__(self, rate: int, jobs: int, cells: Sequence[Cell]) -> None:
        self.rate, self.jobs = rate, jobs
        self.left_out: dict[str, str] = {}
        self._front_ends = FrontEnds(None, cells, jobs=jobs)
        self._extractors: dict[tuple[object, ...], Extractor] = {}
        self._clips: dict[tuple[object, ...], ClipFeatures] = {}

    def unread(self, cells: Sequence[Cell], candidate: Candidate) -> int:
        """Return how many clips `read` would have to read."""
        keys = {(*_front_end_key(cell, candidate), clip.key) for cell in cells for clip in _clips(cell)}
        return len(keys - self._clips.keys())

    def read(
        self, cells: Sequence[Cell], candidate: Candidate, advance: Callable[[], None] | None = None
    ) -> list[CellFeatures]:
        """Return the features of cells by the front end of a candidate.

        Parameters
        ----------
        cells : sequence of Cell
            The cells.
        candidate : Candidate
            Its front end is what matters.
        advance : callable, optional
            Called after each clip that is read.

        Returns
        -------
        list of CellFeatures
            One a cell.

        Raises
        ------
        AudioError
            If too few clips of a cell can be used.
        """
        return [self._read(cell, candidate, advance) for cell in cells]

    def _read(self, cell: Cell, candidate: Candidate, advance: Callable[[], None] | None) -> CellFeatures:
        key = _front_end_key(cell, candidate)
        fresh = {clip.key: clip for clip in _clips(cell) if (*key, clip.key) not in self._clips}
        extractor = self._extractor(cell, candidate)
        read = extractor.all(sources(list(fresh.values())), jobs=self.jobs, advance=advance)
        self._clips.update(((*key, clip), features) for clip, features in zip(fresh, read, strict=True))
        train, test = ([self._clips[*key, clip.key] for clip in clips] for clips in (cell.train, cell.test))
        features = CellFeatures(cell, train, test)
        self.left_out |= features.errors
        features.check()
        return features

    def _extractor(self, cell: Cell, candidate: Candidate) -> Extractor:
        """Return how a cell is heard; its front end has learnt what it has to learn."""
        key = _front_end_key(cell, candidate)
        if key not in self._extractors:
            config = candidate.config(channel=cell.channel)
            front_end = self._front_ends.get(config, self.rate)
            self._extractors[key] = make_extractor(config, self.rate, front_end=front_end)
        return self._extractors[key]


def _front_end_key(cell: Cell, candidate: Candidate) -> tuple[object, ...]:
    """Return what tells the features of a clip, as a candidate hears it, from others."""
    return candidate.features_key, cell.channel


def _clips(cell: Cell) -> Iterator[Clip]:
    yield from cell.train
    yield from cell.test


def _rows(clips: Sequence[ClipFeatures]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    vectors = [(vector, number) for number, clip in enumerate(clips) for vector in clip.vectors]
    return np.array([vector for vector, _ in vectors]), np.array([number for _, number in vectors], np.intp)
