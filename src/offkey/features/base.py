"""The base of all front ends: one channel of sound in, one vector out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.components import Component, Interval, OneOf, Rule, SequenceOf
from offkey.errors import ParameterError
from offkey.features.feature_names import block_names, numbered, unique
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.learning import Stage, TrainingClip
from offkey.features.normalisation import NORMALISATIONS
from offkey.features.parts import FeaturePart, band_parts
from offkey.features.pooling import pool

__all__ = ["FrontEnd", "Pooled", "Vector", "check_keep"]

Samples: TypeAlias = NDArray[np.float32]
Vector: TypeAlias = NDArray[np.float32]


class FrontEnd(Component, ABC):
    """Base class of all front ends: a function of samples and rate, with its parameters.

    Most learn nothing. A front end that learns, such as a network, keeps the result in attributes that end in ``_``;
    the model file holds them as well.

    Examples
    --------
    >>> from offkey.features import FrontEnd
    >>> class Peak(FrontEnd):
    ...     name = "peak"
    ...
    ...     def vector(self, samples, rate):
    ...         return abs(samples).max(keepdims=True)
    >>> Peak().feature_names(16_000)
    ['feature_0001']
    """

    assumes: ClassVar[str] = ""
    """The change in the sound by which these features find a fault, for the documentation."""

    cost: ClassVar[str] = ""
    """The cost of a clip, and the number d of features, for the documentation."""

    normalisation: str = "none"
    """One of `offkey.features.normalisation.NORMALISATIONS`; a front end that offers a choice makes it a parameter."""

    heavy: ClassVar[bool] = False
    """Whether it is a network: its steps are long, so that threads run side by side, and it costs much to send."""

    @property
    def bands(self) -> int | None:
        """Length of one block if a vector starts with blocks of adjacent bands, else None."""
        return None

    @property
    def tail(self) -> int:
        """Number of columns after the blocks; `parts` names them."""
        return 0

    @property
    def moving(self) -> int:
        """Number of columns at the end that describe the sound over time; a change in any moment changes them."""
        return 0

    def detector_params(self) -> dict[str, Any]:
        """Return values for parameters of a detector, by name; detectors that have these parameters use them."""
        views = (self.tail,) if self.tail else None
        return {} if self.bands is None else {"bands": self.bands, "views": views}

    def about(self) -> dict[str, Any]:
        """Return what the vector depends on beside parameters, as JSON, such as the digest of a file."""
        return {}

    @property
    def foreign_code(self) -> str:
        """Digest of the third-party code that it runs, which needs consent at loading; empty if it runs none."""
        return ""

    @property
    def stands_alone(self) -> bool:
        """Whether a model file holds everything it needs."""
        return True

    def notes(self) -> list[str]:
        """Return notes for the user, one sentence each, shown at a fit and beside tables of features."""
        return []

    @property
    def learns(self) -> bool:
        """Whether it must learn from normal clips before it gives vectors."""
        return False

    def learn(
        self, clips: Sequence[TrainingClip], rate: int, *, jobs: int, folder: Path | None = None, stage: Stage
    ) -> None:
        """Learn from normal clips; called only if `learns`.

        Parameters
        ----------
        clips : sequence of TrainingClip
            Normal clips of all machines that it is for.
        rate : int
            Sampling rate in Hz of their sound.
        jobs : int
            Number of threads that read clips.
        folder : Path, optional
            Folder for checkpoints, from which an interrupted training resumes; by default there are none.
        stage : callable
            Called with the name and number of steps of each stage; returns a function to call after each step.
        """

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the parts of a vector that the parameter `keep` can name, at a rate in Hz; empty if there are none."""
        return []

    def feature_names(self, rate: int) -> list[str]:
        """Return the name of each number of a vector, such as ``"mel_1234hz_mean"``.

        Parameters
        ----------
        rate : int
            Sampling rate in Hz.

        Returns
        -------
        list of str
            One distinct name per feature, the same for the same parameters. By default numbered: ``"embedding_0001"``
            for a network, else ``"feature_0001"``.
        """
        quiet = np.random.default_rng(0).normal(0, 1e-3, self.min_samples(rate)).astype(np.float32)
        return numbered("embedding" if self.heavy else "feature", len(self.vector(quiet, rate)))

    def row_names(self, rate: int) -> list[str]:
        """Return the name of each row of `in_time`; empty if a clip is described only as a whole."""
        return []

    def column_s(self, rate: int) -> float:
        """Return the seconds from one column of `in_time` to the next, at a rate in Hz."""
        return frame_sizes(rate)[1] / rate

    def in_time(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the features of each frame, before they are pooled to a vector.

        Parameters
        ----------
        samples, rate
            As in `vector`.

        Returns
        -------
        ndarray of float32, shape (n_rows, n_frames)
            One row for each of `row_names`.

        Raises
        ------
        ParameterError
            If this front end describes a clip only as a whole.
        """
        raise ParameterError(f"The front end '{self.name}' describes a clip as a whole: it has no features in time.")

    def min_samples(self, rate: int) -> int:
        """Return the fewest samples that give a vector: one analysis window."""
        return frame_sizes(rate)[0]

    @abstractmethod
    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the features of one clip.

        Parameters
        ----------
        samples : ndarray of float32, shape (n,)
            One channel, full scale 1; at least `min_samples` of them, finite.
        rate : int
            Sampling rate in Hz.

        Returns
        -------
        ndarray of float32, shape (n_features,)
            The same length for every clip of one rate.
        """

    def overlapping(self, rate: int) -> Callable[[Samples, int], Vector] | None:
        """Return a function that extracts features of overlapping windows faster than one by one, or None.

        Parameters
        ----------
        rate : int
            Sampling rate in Hz.

        Returns
        -------
        callable or None
            A function to call in order of time, with the samples of each window as in `vector` and the number of its
            first sample in the sound; it returns the same vector up to rounding. None if windows must be extracted one
            by one.
        """
        return None

    def middles(self, samples: Samples, rate: int, lengths: Sequence[int]) -> list[Vector] | None:
        """Return the features of shorter parts from the middle of a clip, if that is faster than one by one.

        Parameters
        ----------
        samples, rate
            As in `vector`.
        lengths : sequence of int
            Number of samples of each part, from `min_samples` to all.

        Returns
        -------
        list of ndarray of float32, or None
            As from `vector`, of parts up to half a frame off the middle; None if parts must be extracted one by one.
        """
        return None


class Pooled(FrontEnd):
    """Base of front ends that describe each frame by a number per band and pool them over time.

    The vector is one block of bands for each weight in `pooling`, then one of standard deviations and
    one of changes where these are asked for.

    Parameters
    ----------
    pooling : sequence of float
        Weights r of the generalised weighted ranking pooling, 0 (the maximum) to 1 (the mean), and above 1 for the
        quiet moments.
    deviation : bool
        Whether to add the standard deviation of each band over time.
    change : bool
        Whether to add the mean absolute difference of each band from one frame to the next.
    normalisation : str
        One of `NORMALISATIONS`.
    keep : sequence of int or None
        Bands that stand in the vector, counted from 0, in whatever order; None for all.
    clip_s : float or None
        Length in seconds of the clip whose weights `pooling` are; see `offkey.features.pooling.pool`. None for
        weights that belong to ranks, whatever the length.
    """

    pooling_rules: ClassVar[Mapping[str, Rule]] = {
        "pooling": SequenceOf(Interval(float, 0, 2)),
        "deviation": OneOf((True, False)),
        "change": OneOf((True, False)),
        "normalisation": OneOf(NORMALISATIONS),
        "keep": SequenceOf(Interval(int, 0), distinct=True, or_none=True),
        "clip_s": Interval(float, 0, open_low=True, or_none=True),
    }
    earlier: ClassVar[Mapping[str, Any]] = {"clip_s": None}

    pooling: Sequence[float]
    deviation: bool
    change: bool
    keep: Sequence[int] | None = None
    clip_s: float | None = None

    band_word: ClassVar[str] = "band"
    """The word for one band."""

    def band_edges_hz(self, rate: int) -> NDArray[np.float64] | None:
        """Return lower and upper end of each band in Hz, shape (n_bands, 2); None where bands are no frequencies."""
        return None

    @abstractmethod
    def band_names(self, rate: int) -> list[str]:
        """Return what each band is called in the names of features, also of those that are not kept."""

    @abstractmethod
    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the features of each frame, normalised, of all bands.

        `samples`: shape (n,); one channel, full scale 1.
        Returns: shape (n_bands, n_frames).
        """

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the pooled features of the bands that are kept; see `pooled` and `FrontEnd.vector`."""
        return self.pooled(self.frames(samples, rate), rate)

    def pooled(self, frames: NDArray[np.float32], rate: int) -> Vector:
        """Return what a clip's frames, shape (n_bands, n_frames), come to, shape (n_blocks * n_kept,)."""
        if self.keep is not None:
            frames = frames[self._kept(len(frames))]
        of_frames = None
        if self.clip_s is not None:
            of_frames = n_frames(max(round(self.clip_s * rate), frame_sizes(rate)[0]), rate)
        pooled = pool(frames, self.pooling, deviation=self.deviation, change=self.change, of_frames=of_frames)
        return pooled.reshape(-1)

    def feature_names(self, rate: int) -> list[str]:
        """Return a name for each band of each block, such as ``"mel_1234hz_mean"``; see `FrontEnd.feature_names`."""
        blocks = block_names(self.pooling, deviation=self.deviation, change=self.change)
        return unique(f"{band}_{block}" for block in blocks for band in self.row_names(rate))

    def row_names(self, rate: int) -> list[str]:
        """Return the names of the bands that are kept; see `FrontEnd.row_names`."""
        bands = self.band_names(rate)
        return [bands[band] for band in self._kept(len(bands))]

    def in_time(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the frames of the bands that are kept; see `FrontEnd.in_time`."""
        frames = self.frames(samples, rate)
        return frames if self.keep is None else frames[self._kept(len(frames))]

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the bands that are kept, in ascending order; see `FrontEnd.parts`."""
        n_blocks = len(self.pooling) + self.deviation + self.change
        n_bands = len(self.frames(np.zeros(self.min_samples(rate), np.float32), rate))
        return band_parts(self._kept(n_bands), n_blocks, self.band_edges_hz(rate), word=self.band_word)

    def _kept(self, n_bands: int) -> list[int]:
        """Return the indices of the bands that are kept, in ascending order."""
        if self.keep is None:
            return list(range(n_bands))
        check_keep(self.name, self.keep, n_bands)
        return sorted(self.keep)


def check_keep(name: str, keep: Sequence[int] | None, n_bands: int, *, what: str = "bands") -> None:
    """Check that there are such bands, or whatever else `keep` can name."""
    if keep is not None and max(keep) >= n_bands:
        raise ParameterError(
            f"The 'keep' parameter of '{name}' must name {what} from 0 to {n_bands - 1}. Got {max(keep)} instead."
        )
