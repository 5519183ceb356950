"""What every front end is: one channel of sound in, one vector out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.components import Component, Interval, OneOf, Rule, SequenceOf
from offkey.features.frames import frame_sizes
from offkey.features.normalisation import NORMALISATIONS
from offkey.features.pooling import pool

__all__ = ["FrontEnd", "Pooled", "Vector"]

Samples: TypeAlias = NDArray[np.float32]
Vector: TypeAlias = NDArray[np.float32]


class FrontEnd(Component, ABC):
    """Base of all front ends: a stateless function of samples and rate, with its parameters."""

    normalisation: str = "none"
    """One of `offkey.features.normalisation.NORMALISATIONS`; a front end that offers a choice makes it a parameter."""

    @property
    def bands(self) -> int | None:
        """Length of one block where a vector is blocks of adjacent bands, else None."""
        return None

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
            Of the same length for every clip of one rate.
        """


class Pooled(FrontEnd):
    """Base of front ends that describe each frame by a number per band and pool them over time.

    The vector is one block of bands for each weight in `pooling`, then one of standard deviations and
    one of changes where these are asked for.

    Parameters
    ----------
    pooling : sequence of float
        Weights r of the generalised weighted ranking pooling, 0 (the maximum) to 1 (the mean).
    deviation : bool
        Whether to add the standard deviation of each band over time.
    change : bool
        Whether to add the mean absolute difference of each band from one frame to the next.
    normalisation : str
        One of `NORMALISATIONS`.
    """

    pooling_rules: ClassVar[Mapping[str, Rule]] = {
        "pooling": SequenceOf(Interval(float, 0, 1)),
        "deviation": OneOf((True, False)),
        "change": OneOf((True, False)),
        "normalisation": OneOf(NORMALISATIONS),
    }

    pooling: Sequence[float]
    deviation: bool
    change: bool

    @abstractmethod
    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the features of each frame, normalised.

        Parameters
        ----------
        samples : ndarray of float32, shape (n,)
            One channel, full scale 1.
        rate : int
            Sampling rate in Hz.

        Returns
        -------
        ndarray of float32, shape (n_bands, n_frames)
        """

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the pooled features of one clip, shape (n_blocks * n_bands,); see `FrontEnd.vector`."""
        frames = self.frames(samples, rate)
        return pool(frames, self.pooling, deviation=self.deviation, change=self.change).reshape(-1)
