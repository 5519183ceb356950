"""The features of a cell's clips, heard once for each front end, and the scores that a candidate gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.datasets.names import parse_name
from offkey.errors import AudioError
from offkey.experiments.candidate import Candidate
from offkey.experiments.measures import ScoredCell
from offkey.experiments.tuning.division import Cell
from offkey.features.learning import Origin
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.learning import training_clips
from offkey.model.fitting import FEWEST_CLIPS, make_detector, make_extractor
from offkey.tables import path_of
from offkey.work.threads import one_thread

__all__ = ["Ears", "Heard", "score_cell"]


@dataclass(frozen=True)
class Heard:
    """The features of one cell.

    Parameters
    ----------
    cell : Cell
        The clips.
    train : ndarray of float32, shape (n_train, n_features)
        Features of training clips, several rows for a long recording.
    domains : ndarray of str, shape (n_train,), or None
        The domain of each row.
    test : ndarray of float32, shape (n_test, n_features)
        Features of test clips.
    of_clip : ndarray of int, shape (n_test,)
        The clip that each row belongs to, ascending, counted among those that could be heard.
    labels : ndarray of int, shape (n_clips,)
        0 (normal) or 1 (anomaly) of each clip that could be heard.
    """

    cell: Cell
    train: NDArray[np.float32]
    domains: NDArray[np.str_] | None
    test: NDArray[np.float32]
    of_clip: NDArray[np.intp]
    labels: NDArray[np.int8]


class Ears:
    """Hears cells, and remembers what it heard: no clip is read twice for one front end.

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

    def __init__(self, rate: int, jobs: int, cells: Sequence[Cell] = ()) -> None:
        self.rate = rate
        self.jobs = jobs
        self._cells = cells
        self._learnt: dict[str, features.FrontEnd] = {}
        self.left_out: dict[str, str] = {}
        self._clips: dict[tuple[str, int, str], ClipFeatures] = {}

    def hear(
        self, cells: Sequence[Cell], candidate: Candidate, advance: Callable[[], None] | None = None
    ) -> list[Heard]:
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
        list of Heard
            One a cell.

        Raises
        ------
        AudioError
            If too few clips of a cell can be used.
        """
        return [self._hear(cell, candidate, advance) for cell in cells]

    def unheard(self, cells: Sequence[Cell], candidate: Candidate) -> int:
        """Return how many clips `hear` would have to read."""
        return len({key for cell in cells for key in _keys(cell, candidate) if key not in self._clips})

    def _hear(self, cell: Cell, candidate: Candidate, advance: Callable[[], None] | None) -> Heard:
        keys = _keys(cell, candidate)
        fresh = [key for key in dict.fromkeys(keys) if key not in self._clips]
        extractor = self._extractor(cell, candidate)
        read = extractor.all([path_of(file) for *_, file in fresh], jobs=self.jobs, advance=advance)
        self._clips.update(zip(fresh, read, strict=True))
        clips = [self._clips[key] for key in keys]
        train, of_train = _rows(clips[: len(cell.train)])
        test, of_test = _rows(clips[len(cell.train) :])
        heard, of_clip = np.unique(of_test, return_inverse=True)
        labels = np.array(cell.labels, np.int8)[heard]
        bad = _bad(clips)
        self.left_out |= bad
        if len(train) < FEWEST_CLIPS or len(set(labels.tolist())) < 2:
            reason = f"; the first reason: {next(iter(bad.values()))}" if bad else "."
            raise AudioError(
                f"Too few clips of {cell.name} can be used: expected at least {FEWEST_CLIPS} to train on and test "
                f"clips of both labels, found {len(train)} to train on, {int((labels == 0).sum())} normal and "
                f"{int(labels.sum())} anomalous{reason}"
            )
        domains = None if cell.domains is None else np.array(cell.domains)[of_train]
        return Heard(cell, train, domains, test, of_clip.reshape(-1), labels)

    def _extractor(self, cell: Cell, candidate: Candidate) -> Extractor:
        """Return how a cell is heard; its front end has learnt what it has to learn."""
        extractor = make_extractor(
            candidate.config(channel=cell.channel), self.rate, front_end=self._learnt.get(candidate.features_key)
        )
        if extractor.front_end.learns:
            files = {file: one for one in self._cells or (cell,) for file in one.train}
            origins = [Origin(one.machine, one.section, parse_name(file).attributes) for file, one in files.items()]
            clips = training_clips([path_of(file) for file in files], extractor, origins)
            extractor.front_end.learn(clips, self.rate, jobs=self.jobs, stage=lambda _name, _steps: lambda: None)
            self._learnt[candidate.features_key] = extractor.front_end
        return extractor


def score_cell(heard: Heard, candidate: Candidate, columns: Sequence[int] | None = None) -> ScoredCell:
    """Fit a candidate's detector on a cell's training clips, and score its test clips.

    Only the detector is fitted, without the calibration of a whole model, which changes no AUC.

    Parameters
    ----------
    heard : Heard
        Features by the candidate's front end, or by that front end before it kept only `columns`.
    candidate : Candidate
        The configuration.
    columns : sequence of int, optional
        The features that are used; all by default.

    Returns
    -------
    ScoredCell
        Anomaly scores, of a long recording the highest of its windows.

    Raises
    ------
    ParameterError
        If the detector cannot be fitted on these clips.
    """
    config = candidate.config()
    train, test = (heard.train, heard.test) if columns is None else (heard.train[:, columns], heard.test[:, columns])
    if features.create(config.features, **config.features_params).normalisation == "standard":
        standardiser = Standardiser.fit(train)
        train, test = (standardiser(rows).astype(np.float64) for rows in (train, test))  # type: ignore[assignment]
    with one_thread():  # many small fits: threads that wait for one another cost more than they bring
        scores = make_detector(config).fit(train, domains=heard.domains).score(test)
    starts = np.flatnonzero(np.diff(heard.of_clip, prepend=-1))
    return ScoredCell(heard.cell.name, heard.labels, np.maximum.reduceat(scores, starts))


def _keys(cell: Cell, candidate: Candidate) -> list[tuple[str, int, str]]:
    """Return what tells each clip of a cell, as it is heard, from others."""
    return [(candidate.features_key, cell.channel, file) for file in (*cell.train, *cell.test)]


def _rows(clips: Sequence[ClipFeatures]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the vectors of clips, and the clip that each belongs to."""
    found = [(window.vector, number) for number, clip in enumerate(clips) for window in clip.usable]
    return np.array([vector for vector, _ in found]), np.array([number for _, number in found], np.intp)


def _bad(clips: Sequence[ClipFeatures]) -> dict[str, str]:
    """Return the clips with an error, each with its first reason."""
    reasons = ((clip.name, [window.error for window in clip.windows if window.error is not None]) for clip in clips)
    return {name: errors[0] for name, errors in reasons if errors}
