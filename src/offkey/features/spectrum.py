"""Plain power spectrum in dB, pooled over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.features.base import Pooled, Samples
from offkey.features.feature_names import hertz
from offkey.features.frames import frame_sizes, n_frames, power_spectra
from offkey.features.mel import decibels
from offkey.features.normalisation import normalise_frames

__all__ = ["Spectrum"]


class Spectrum(Pooled):
    """Power of every frequency bin in dB, pooled over time; keeps narrow tones apart.

    Parameters
    ----------
    pooling : sequence of float, default (1.0,)
        Weights of the generalised weighted ranking pooling.
    deviation : bool, default False
        Whether to add the standard deviation of each bin over time.
    change : bool, default False
        Whether to add the mean absolute difference from one frame to the next.
    normalisation : {"none", "clip-level", "per-band", "standard"}, default "none"
        What to normalise: nothing; the level of each clip; the mean of each band over a clip; or the units, by dividing
        each feature by its standard deviation over the training clips.
    floor_db : float, default -120
        Lowest power of a bin in dB relative to a sine of full scale.
    keep : sequence of int, optional
        Bins to keep, counted from 0, in any order; all by default.
    clip_s : float, default 10
        Length in seconds of a clip to which the weights `pooling` apply frame by frame; in other clips they apply to
        the same shares of the frames. `offkey.fit` sets it to the length of the training clips. None applies the
        weights to ranks, whatever the length.
    """

    name = "spectrum"
    assumes = "a fault is a tone, or moves one, and the speed stays the same"
    cost = "a short FFT a frame; d: 513"
    band_word = "bin"
    rules: ClassVar = {**Pooled.pooling_rules, "floor_db": Interval(float, -300, 0)}

    def __init__(
        self,
        *,
        pooling: Sequence[float] = (1.0,),
        deviation: bool = False,
        change: bool = False,
        normalisation: str = "none",
        floor_db: float = -120.0,
        keep: Sequence[int] | None = None,
        clip_s: float | None = 10.0,
    ) -> None:
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.normalisation = normalisation
        self.floor_db = floor_db
        self.keep = keep
        self.clip_s = clip_s

    def band_edges_hz(self, rate: int) -> NDArray[np.float64]:
        """Return what lies nearest to each bin, shape (n_bands, 2)."""
        centres = np.linspace(0, rate / 2, frame_sizes(rate)[0] // 2 + 1)
        half = centres[1] / 2
        return np.stack([np.maximum(centres - half, 0), np.minimum(centres + half, rate / 2)], axis=1)

    def band_names(self, rate: int) -> list[str]:
        """Return the frequency of each bin: ``"bin_1234hz"``."""
        return [f"bin_{centre}" for centre in hertz(np.linspace(0, rate / 2, frame_sizes(rate)[0] // 2 + 1))]

    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the power of each bin in dB, 0 for a sine of full scale, shape (n_fft // 2 + 1, n_frames)."""
        n_fft, _ = frame_sizes(rate)
        full_scale = np.float32((n_fft / 4) ** 2)  # a Hann window passes half, a sine of amplitude 1 another half
        bins = np.empty((n_fft // 2 + 1, n_frames(len(samples), rate)), np.float32)
        for frames, power in power_spectra(samples, rate):
            bins[:, frames] = power.T / full_scale
        return normalise_frames(decibels(bins, self.floor_db), self.normalisation)
