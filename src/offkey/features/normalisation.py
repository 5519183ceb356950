"""Normalisation: what of a clip's sound does not count, said in one word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NORMALISATIONS", "Standardiser", "normalise_frames"]

NORMALISATIONS = ("none", "clip-level", "per-band", "standard")
"""``none``: everything counts. ``clip-level``: a clip's level does not. ``per-band``: the mean of each
band over a clip does not, only what happens in time. ``standard``: each feature counts in units of its
standard deviation over the training clips."""


def normalise_frames(frames: NDArray[np.float32], normalisation: str) -> NDArray[np.float32]:
    """Normalise the frames of one clip by themselves.

    `frames`: shape (n_bands, n_frames); levels in dB.
    `normalisation`: one of `NORMALISATIONS`; ``standard`` does nothing here, it is learnt by a `Standardiser`.
    Returns: shape (n_bands, n_frames).
    """
    if normalisation == "clip-level":
        level: NDArray[np.float32] = frames - frames.mean(dtype=np.float32)
        return level
    if normalisation == "per-band":
        change: NDArray[np.float32] = frames - frames.mean(axis=1, keepdims=True, dtype=np.float32)
        return change
    return frames


class Standardiser:
    """Mean and standard deviation of each feature over the training clips.

    `mean`, `scale`: shape (n_features,); what is taken away, and what the rest is divided by.
    """

    def __init__(self, mean: NDArray[np.float64], scale: NDArray[np.float64]) -> None:
        self.mean = mean
        self.scale = scale

    @classmethod
    def fit(cls, X: NDArray[np.float32]) -> Standardiser:
        """Learn from the features of normal clips, shape (n_clips, n_features)."""
        return cls.of_spread(X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64))

    @classmethod
    def of_spread(cls, mean: NDArray[np.float64], spread: NDArray[np.float64]) -> Standardiser:
        """Return that of a mean and a standard deviation, shape (n_features,); a constant feature keeps its scale."""
        return cls(mean, np.where(spread > 0, spread, 1.0))

    @classmethod
    def moved(cls, standardiser: Standardiser | None, by: NDArray[np.float64]) -> Standardiser:
        """Return one that first takes `by` away, shape (n_features,); it does nothing else where there was none."""
        if standardiser is None:
            return cls(by, np.ones(len(by)))
        return cls(standardiser.mean + by, standardiser.scale)

    def __call__(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return standardised features, shape (n_clips, n_features)."""
        standardised: NDArray[np.float64] = (X - self.mean) / self.scale
        return standardised
