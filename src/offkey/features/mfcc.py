"""Mel-frequency cepstral coefficients, pooled over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.features.base import Pooled, Samples, check_keep
from offkey.features.mel import log_mel
from offkey.features.normalisation import normalise_frames

__all__ = ["MFCC"]


class MFCC(Pooled):
    """First coefficients of the orthonormal DCT-II over log-mel bands.

    Davis & Mermelstein, "Comparison of parametric representations for monosyllabic word recognition",
    IEEE Trans. ASSP 28(4), 1980. The coefficient 0, which is the level, is included.

    Parameters
    ----------
    n_mfcc : int, default 20
        Number of coefficients.
    n_mels : int, default 128
        Number of mel bands that they are computed from.
    pooling : sequence of float, default (1.0,)
        Weights of the generalised weighted ranking pooling.
    deviation : bool, default True
        Whether to add the standard deviation of each coefficient over time.
    change : bool, default False
        Whether to add the mean absolute difference from one frame to the next.
    normalisation : {"none", "clip-level", "per-band", "standard"}, default "none"
        What to normalise: nothing; the level of each clip; the mean of each band over a clip; or the units, by dividing
        each feature by its standard deviation over the training clips.
    floor_db : float, default -120
        Lowest band power in dB.
    keep : sequence of int, optional
        Coefficients to keep, counted from 0, in any order; all by default.
    clip_s : float, default 10
        Length in seconds of a clip to which the weights `pooling` apply frame by frame; in other clips they apply to
        the same shares of the frames. `offkey.fit` sets it to the length of the training clips. None applies the
        weights to ranks, whatever the length.
    low_hz : float, default 20
        Lower edge of the lowest band, in Hz. Sound below, such as a drifting offset, does not come from the machine.
    high_share : float, default 1
        Upper edge of the highest band, as a share of half the rate. The filter of the recorder or resampler shapes the
        uppermost tenth, so `offkey.fit` sets 0.9 if the training clips have several rates.
    """

    name = "mfcc"
    assumes = "a fault changes the coarse shape of the spectrum"
    cost = "a short FFT a frame; d: 40"
    band_word = "coefficient"
    rules: ClassVar = {
        "n_mfcc": Interval(int, 1, 1024),
        "n_mels": Interval(int, 8, 1024),
        **Pooled.pooling_rules,
        "floor_db": Interval(float, -300, 0),
        "low_hz": Interval(float, 0, 300),
        "high_share": Interval(float, 0.5, 1),
    }
    earlier: ClassVar = {**Pooled.earlier, "low_hz": 0.0}

    def __init__(
        self,
        *,
        n_mfcc: int = 20,
        n_mels: int = 128,
        pooling: Sequence[float] = (1.0,),
        deviation: bool = True,
        change: bool = False,
        normalisation: str = "none",
        floor_db: float = -120.0,
        keep: Sequence[int] | None = None,
        clip_s: float | None = 10.0,
        low_hz: float = 20.0,
        high_share: float = 1.0,
    ) -> None:
        self.n_mfcc = n_mfcc
        self.n_mels = n_mels
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.normalisation = normalisation
        self.floor_db = floor_db
        self.keep = keep
        self.clip_s = clip_s
        self.low_hz = low_hz
        self.high_share = high_share

    def check_params(self) -> None:
        """Check every constructor argument; see `Component.check_params`."""
        super().check_params()
        check_keep(self.name, self.keep, min(self.n_mfcc, self.n_mels))

    def band_names(self, rate: int) -> list[str]:
        """Return the number of each coefficient: ``"mfcc_03"``."""
        return [f"mfcc_{number:02d}" for number in range(min(self.n_mfcc, self.n_mels))]

    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the coefficients of each frame in dB, shape (min(n_mfcc, n_mels), n_frames)."""
        from scipy.fft import dct

        levels = log_mel(
            samples,
            rate,
            n_mels=self.n_mels,
            floor_db=self.floor_db,
            low_hz=self.low_hz,
            high_hz=self.high_share * rate / 2,
        )
        bands = normalise_frames(levels, self.normalisation)
        coefficients: NDArray[np.float32] = dct(bands, axis=0, norm="ortho")[: self.n_mfcc]
        return coefficients
