"""The inputs of an autoencoder: a few frames at a time, scaled band by band."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from offkey.learned.training.batches import Batches

__all__ = ["Clips", "Scaling", "Windows"]

Array = NDArray[np.float32]
Clips = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Scaling:
    """Mean and scale of each value of a frame, both of shape (frame_size,)."""

    mean: Array
    scale: Array

    @classmethod
    def fit(cls, X: Clips, frame_size: int) -> Scaling:
        """Return mean and standard deviation of each band over all frames of all clips.

        A band that hardly varies is scaled by a thousandth of what the bands vary together, so that no rounding
        is blown up.
        """
        frames = X.reshape(len(X), -1, frame_size)
        mean = frames.mean(axis=(0, 1), dtype=np.float64)
        variance = np.mean([np.square(clip - mean).mean(axis=0) for clip in frames], axis=0)
        overall = float(np.sqrt(variance.mean())) or max(1.0, float(np.abs(mean).max()))
        scale = np.maximum(np.sqrt(variance), 1e-3 * overall)
        return cls(mean.astype(np.float32), scale.astype(np.float32))


class Windows:
    """All inputs of clips, one starting at every frame; `X` has shape (n_clips, n_frames * frame_size)."""

    def __init__(self, X: Clips, context: int, scaling: Scaling) -> None:
        size = len(scaling.mean)
        self._views = sliding_window_view(X, context * size, axis=1)[:, ::size]
        self._mean, self._scale = np.tile(scaling.mean, context), np.tile(scaling.scale, context)

    def of_clip(self, number: int) -> Array:
        """Return all inputs of one clip, scaled, shape (n_windows, context * frame_size)."""
        return self._scaled(self._views[number])

    def __getitem__(self, rows: NDArray[np.intp]) -> Array:
        """Return inputs by their numbers, counted through all clips, scaled."""
        return self._scaled(self._views[np.divmod(rows, self._views.shape[1])])

    def __len__(self) -> int:
        return int(self._views.shape[0] * self._views.shape[1])

    def batches(self, size: int, *, stride: int, seed: int, shuffle: bool = True) -> Callable[[int], Batches]:
        """Return a function from the number of an epoch to its batches, with every `stride`-th input of each clip.

        Each epoch starts at another frame of each clip and has another order. All inputs are seen in the end, but
        neighbours, which share most of their frames, do not meet in one epoch. Without `shuffle` start and order stay
        the same.
        """

        def of_epoch(epoch: int = 0) -> Batches:
            rng = np.random.default_rng([seed, epoch])
            n_clips, n_windows = self._views.shape[:2]
            every = min(stride, n_windows)
            first = rng.integers(every, size=(n_clips, 1)) if shuffle else np.zeros((n_clips, 1), np.intp)
            inside = first + np.arange(0, n_windows, every)
            rows = (inside + n_windows * np.arange(n_clips)[:, None])[inside < n_windows]
            rows = rng.permutation(rows) if shuffle else rows
            n_batches = max(1, min(-(-len(rows) // size), len(rows) // 2))  # none of one row: it has no variance
            return Batches((self,), np.array_split(rows, n_batches))  # type: ignore[arg-type]

        return of_epoch

    def _scaled(self, inputs: Clips) -> Array:
        scaled: Array = ((inputs - self._mean) / self._scale).astype(np.float32, copy=False)
        return scaled
