"""The sound that a graph takes: a batch of windows of one length."""

from __future__ import annotations

from typing import NamedTuple

from offkey.features.frames import frame_sizes, n_frames

__all__ = ["Sound"]


class Sound(NamedTuple):
    """A batch of windows.

    `samples`: tensor of shape (batch, n_samples), single precision; full scale 1.
    `rate`: sampling rate in Hz.
    """

    samples: str
    rate: int
    n_samples: int

    @property
    def n_frames(self) -> int:
        """Number of whole frames in a window."""
        return n_frames(self.n_samples, self.rate)

    @property
    def frame_rate_hz(self) -> float:
        """Frames a second."""
        return self.rate / frame_sizes(self.rate)[1]
