"""The pieces that the work of a benchmark is cut into; they can be done in any process, on any machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from offkey import features
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.feature_parts import Chunk, Place, load_features, read_clips
from offkey.experiments.fitting import fit_and_score
from offkey.experiments.noise import without_noise
from offkey.experiments.score_store import ScoreStore, digest_of
from offkey.features import FrontEnd
from offkey.model import ModelConfig
from offkey.model.fitting import make_extractor

__all__ = ["Fit", "Fitting", "Learnt", "Reading", "Task"]

Learnt: TypeAlias = Mapping[str, Any]
"""The state of a front end that has learnt something."""


@dataclass(frozen=True)
class Task:
    """One candidate on one cell.

    Parameters
    ----------
    candidate : Candidate
        What is fitted.
    cell : Cell
        On what.
    config : ModelConfig
        The candidate's configuration.
    learnt_from : str
        Digest of the clips that its front end learns from; empty for one that does not learn.
    """

    candidate: Candidate
    cell: Cell
    config: ModelConfig
    learnt_from: str = ""

    @property
    def digest(self) -> str:
        """What a finished task is found by."""
        return digest_of(self.candidate, self.cell, self.config, self.learnt_from)


@dataclass(frozen=True)
class Reading:
    """How clips become features; called with a chunk it writes that chunk's part.

    Parameters
    ----------
    folder : str
        Where the parts go: a path or a URL.
    config : ModelConfig
        Front end, channel and windows.
    rate : int
        Sampling rate in Hz.
    learnt : mapping or None
        What the front end has learnt; None for one that does not learn.
    """

    folder: str
    config: ModelConfig
    rate: int
    learnt: Learnt | None

    def __call__(self, chunk: Chunk) -> None:
        """Read a chunk in this thread."""
        self.read(chunk.clips, jobs=1)

    def read(self, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None] | None = None) -> None:
        """Read clips, any number of them; see `read_clips`."""
        extractor = make_extractor(self.config, self.rate, front_end=_restored(self.learnt), digest=True)
        read_clips(self.folder, extractor, clips, jobs=jobs, advance=advance)


@dataclass(frozen=True)
class Fit:
    """A task, and where the features lie that it needs.

    Parameters
    ----------
    task : Task
        What is fitted, on what; its cell has training clips.
    rate : int
        Sampling rate in Hz.
    notes : list of str
        What is to be said of the rate.
    folder : str
        Where the parts lie.
    train, test, noise : list of Place
        Where the features of the cell's clips lie.
    """

    task: Task
    rate: int
    notes: list[str]
    folder: str
    train: list[Place]
    test: list[Place]
    noise: list[Place]

    def __str__(self) -> str:
        return f"the fit of {self.task.candidate.name} on {self.task.cell.name}"


@dataclass(frozen=True)
class Fitting:
    """Fits, scores, and keeps what comes of it.

    Parameters
    ----------
    scored : str
        Folder or URL of the `ScoreStore`.
    learnt : mapping of str to mapping
        What front ends have learnt, by the folder of the features that they gave.
    """

    scored: str
    learnt: Mapping[str, Learnt | None]

    def __call__(self, fit: Fit) -> None:
        """Do one fit."""
        task = fit.task
        cell = task.cell
        train, test = load_features(fit.folder, cell.train, fit.train), load_features(fit.folder, cell.test, fit.test)
        if cell.noise:
            train, test = without_noise(load_features(fit.folder, cell.noise, fit.noise), train, test)
        scored = fit_and_score(
            task.candidate,
            cell,
            train,
            test,
            config=task.config,
            rate=fit.rate,
            digest=task.digest,
            front_end=_restored(self.learnt[fit.folder]),
            notes=fit.notes,
        )
        ScoreStore(self.scored).write(task.candidate, cell, scored)


def _restored(learnt: Learnt | None) -> FrontEnd | None:
    return None if learnt is None else features.restore(learnt)
