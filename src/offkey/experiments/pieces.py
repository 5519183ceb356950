"""The pieces that the work of a benchmark is cut into; they can be done in any process, on any machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from offkey import features
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip, sources
from offkey.experiments.fitting import fit_and_score
from offkey.experiments.noise import without_noise
from offkey.experiments.score_store import ScoreStore, digest_of
from offkey.features import FrontEnd
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.feature_store import extract_into, feature_store, load_features
from offkey.model import ModelConfig
from offkey.model.fitting import make_extractor
from offkey.work.keyed_store import KeyedStore
from offkey.work.parts import Part

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
    """How clips become features; called with a part it writes that part.

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

    def __call__(self, part: Part[Clip]) -> None:
        """Read the clips of a part in this thread."""
        self.read(feature_store(self.folder, places={}), part.items, jobs=1)

    def read(
        self, store: KeyedStore, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None] | None = None
    ) -> None:
        """Read clips, any number of them, into the store of that folder; see `extract_into`."""
        extractor = make_extractor(self.config, self.rate, front_end=_restored(self.learnt), digest=True)
        extract_into(store, extractor, [clip.key for clip in clips], sources(clips), jobs=jobs, advance=advance)


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
        Where the features lie.
    places : mapping of str to str
        The part of each of the cell's clips, by key.
    """

    task: Task
    rate: int
    notes: list[str]
    folder: str
    places: Mapping[str, str]

    def features(self, clips: Sequence[Clip]) -> list[ClipFeatures]:
        """Read the features of some of its clips, named as the clips are."""
        found = load_features(feature_store(self.folder, self.places), [clip.key for clip in clips])
        return [replace(found[clip.key], name=clip.name) for clip in clips]

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
        train, test = fit.features(cell.train), fit.features(cell.test)
        if cell.noise:
            train, test = without_noise(fit.features(cell.noise), train, test)
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
