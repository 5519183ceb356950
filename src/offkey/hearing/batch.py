"""Features of windows, and to which recording each window belongs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.hearing.fingerprint import Fingerprint
from offkey.hearing.traits import Traits

__all__ = ["Batch", "ClipFeatures", "WindowFeatures", "highest", "most_anomalous"]

T = TypeVar("T")

_PARTS = 10  # into which a long recording is cut for cross-validation where there are few recordings


@dataclass(frozen=True)
class WindowFeatures:
    """The features of one window of a recording, or the reason why there are none.

    `start_s`, `end_s`: start and end of the window in the recording, in seconds; None if the recording could not be
        read.
    `shorter`: shape (n_shares, n_features); the features of shorter parts of it, for `Extractor.shares`; None where
        they were not asked for.
    `fingerprint`: shape (4, 2049); by which near copies are told, see `offkey.hearing.fingerprint`; None unless asked
        for.
    `traits`: what the recording is like (`offkey.hearing.traits`); None where features were kept without.
    """

    start_s: float | None
    end_s: float | None
    vector: NDArray[np.float32] | None  # shape (n_features,); the features
    error: str | None = None
    shorter: NDArray[np.float32] | None = None
    fingerprint: Fingerprint | None = None
    traits: Traits | None = None

    @property
    def seconds(self) -> float:
        """Length of the window in seconds; 0 where that is not known."""
        return (self.end_s or 0.0) - (self.start_s or 0.0)

    def holds(self, at_s: float) -> bool:
        """Tell whether a moment of the recording lies in the window."""
        return (self.start_s or 0.0) <= at_s <= (self.end_s or 0.0)


@dataclass(frozen=True)
class ClipFeatures:
    """The features of all windows of one recording.

    `windows`: one of a short clip, several of a long recording, never none.
    """

    name: str
    windows: list[WindowFeatures] = field(default_factory=list)
    digest: str = ""  # SHA-256 of the file's bytes, or of the samples; empty unless asked for

    @property
    def vectors(self) -> list[NDArray[np.float32]]:
        """The features of its windows that have any."""
        return [window.vector for window in self.windows if window.vector is not None]

    @property
    def usable_windows(self) -> list[WindowFeatures]:
        """The windows that have features."""
        return [window for window in self.windows if window.vector is not None]


class Batch:
    """Recordings, and those of their windows that have features, a row each: what knows how windows make a recording.

    `clips`: the recordings, those without any features too.
    `windows`: the windows that have features, in the order of the recordings and of time.
    `recording`: shape (n_windows,); the number of the recording that each window belongs to, ascending.
    """

    def __init__(self, clips: Iterable[ClipFeatures]) -> None:
        self.clips = list(clips)
        self.windows = [window for clip in self.clips for window in clip.usable_windows]
        counts = [len(clip.usable_windows) for clip in self.clips]
        self.recording: NDArray[np.intp] = np.repeat(np.arange(len(counts)), counts)

    def __len__(self) -> int:
        return len(self.windows)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The features, shape (n_windows, n_features)."""
        return np.array([window.vector for window in self.windows])

    @property
    def seconds(self) -> list[float]:
        """Length of each window in seconds."""
        return [window.seconds for window in self.windows]

    @property
    def names(self) -> list[str]:
        """The name of the recording of each window."""
        return self.spread([clip.name for clip in self.clips])

    @property
    def digests(self) -> list[str]:
        """The digest of the recording of each window."""
        return self.spread([clip.digest for clip in self.clips])

    @property
    def failures(self) -> list[tuple[str, str]]:
        """The recordings and windows that could not be used, with the moment and the reason."""
        bad = [(clip, window) for clip in self.clips for window in clip.windows if window.vector is None]
        return [(_place(clip, window.start_s), str(window.error)) for clip, window in bad]

    @property
    def errors(self) -> dict[int, str]:
        """The first reason of each recording of which any window could not be used, by its number."""
        reasons: dict[int, str] = {}
        for number, clip in enumerate(self.clips):
            for window in clip.windows:
                if window.vector is None:
                    reasons.setdefault(number, str(window.error))
        return reasons

    @property
    def usable_clips(self) -> NDArray[np.intp]:
        """The numbers of the recordings with features, ascending, shape (n_usable,)."""
        return np.unique(self.recording)

    @property
    def rows(self) -> list[slice]:
        """The rows of each recording, none of one without features."""
        ends = np.cumsum([0, *(len(clip.usable_windows) for clip in self.clips)]).tolist()
        return [slice(*pair) for pair in pairwise(ends)]

    def spread(self, values: Sequence[T]) -> list[T]:
        """Return for each window what belongs to its recording, from one value per recording."""
        return [values[number] for number in self.recording.tolist()]

    def highest(self, scores: NDArray[np.float64]) -> list[float | None]:
        """Return the score of each recording, that of its most anomalous window; None where it has no features."""
        found = dict(zip(self.usable_clips.tolist(), highest(scores, self.recording).tolist(), strict=True))
        return [found.get(number) for number in range(len(self.clips))]

    def held_out_together(self) -> NDArray[np.intp]:
        """Return the group of windows that each is held out with: its recording; of a few long ones, a tenth of it."""
        counts = np.bincount(self.recording)[self.usable_clips].tolist()
        if len(counts) >= _PARTS:
            return self.recording
        part = np.concatenate([np.arange(count) * _PARTS // max(count, _PARTS) for count in counts])
        groups: NDArray[np.intp] = self.recording * _PARTS + part
        return groups


def most_anomalous(scores: ArrayLike, recording: ArrayLike | None = None) -> NDArray[np.intp]:
    """Return the window by which each recording is judged: it is as anomalous as its most anomalous window.

    `scores`: shape (n_windows,); anomaly scores.
    `recording`: shape (n_windows,); the number of the recording of each window; by default all are of one.
    Returns: shape (n_recordings,); the rows of these windows, in the order of the numbers; of equal scores the first.
    """
    values = np.asarray(scores, np.float64)
    numbers = np.zeros(len(values), np.intp) if recording is None else np.asarray(recording)
    order = np.lexsort((-np.arange(len(values)), values, numbers))
    last: NDArray[np.intp] = order[np.flatnonzero(np.diff(numbers[order], append=np.inf))]
    return last


def highest(scores: NDArray[np.float64], recording: ArrayLike) -> NDArray[np.float64]:
    """Return the score of each recording, shape (n_recordings,): that of its most anomalous window."""
    return scores[most_anomalous(scores, recording)]


def _place(clip: ClipFeatures, start_s: float | None) -> str:
    return clip.name if len(clip.windows) == 1 or start_s is None else f"{clip.name} at {start_s:g} s"
