"""Frames of windows that overlap: each frame of the sound is computed once, however many windows hold it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import frame_sizes, n_frames

__all__ = ["OverlappingFrames", "whole_frames_s"]


def whole_frames_s(seconds: float, rate: int, *, least_s: float = 0.0) -> float:
    """Return the greatest number of whole hops of frames within so many seconds, in seconds.

    `least_s`: which it may not fall below.
    """
    hop = frame_sizes(rate)[1]
    least = int(np.ceil(least_s * rate / hop))
    return max(1, least, int(seconds * rate / hop + 1e-6)) * hop / rate


class OverlappingFrames:
    """Takes windows in the order of time, and computes those of their frames that the window before has not got.

    Windows that start a number of whole hops of frames apart share frames; of others each is computed by itself.

    `compute`: samples, shape (n,), to their frames, shape (n_bands, n_frames), each of which depends on the samples
        that it holds alone.
    `rate`: sampling rate in Hz.
    """

    def __init__(self, compute: Callable[[NDArray[np.float32]], NDArray[np.float32]], rate: int) -> None:
        self._compute, self._rate = compute, rate
        self._frames: NDArray[np.float32] | None = None
        self._start = 0
        self.computed = 0
        """Frames that were computed so far."""

    def __call__(self, samples: NDArray[np.float32], start: int) -> NDArray[np.float32]:
        """Return the frames of a window, shape (n_bands, n_frames).

        `samples`: shape (n,); one channel.
        `start`: number of its first sample in the sound that the windows are cut from.
        """
        hop = frame_sizes(self._rate)[1]
        kept = self._kept(start - self._start, n_frames(len(samples), self._rate))
        if kept is None:
            frames = self._compute(samples)
            self.computed += frames.shape[1]
        elif kept.shape[1] < n_frames(len(samples), self._rate):
            new = self._compute(samples[kept.shape[1] * hop :])
            self.computed += new.shape[1]
            frames = np.concatenate([kept, new], axis=1)
        else:
            frames = kept
        self._frames, self._start = frames, start
        return frames

    def _kept(self, later: int, wanted: int) -> NDArray[np.float32] | None:
        """Return the frames that a window has which starts so many samples later; None where it has none."""
        first, rest = divmod(later, frame_sizes(self._rate)[1])
        if self._frames is None or rest or not 0 <= first < self._frames.shape[1]:
            return None
        return self._frames[:, first : first + wanted]
