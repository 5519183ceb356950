"""Log-mel spectrum, pooled over time: the default front end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.features.base import Pooled, Samples, check_keep
from offkey.features.mel import log_mel, mel_bands_hz
from offkey.features.normalisation import normalise_frames

__all__ = ["LogMel"]


class LogMel(Pooled):
    """Mel power in dB, pooled over time with several weights, its deviation and its change.

    The blocks of the vector say how loud each band is on the whole and in its loudest moments, how
    much it varies, and how quickly.

    Parameters
    ----------
    n_mels : int, default 128
        Number of Slaney mel bands from 0 Hz to half the rate.
    pooling : sequence of float, default (1.0, 0.98, 0.9, 0.5, 0.0)
        Weights of the generalised weighted ranking pooling, a block of bands each.
    deviation : bool, default True
        Whether to add a block of standard deviations over time.
    change : bool, default True
        Whether to add a block of mean absolute differences from one frame to the next.
    normalisation : {"none", "clip-level", "per-band", "standard"}, default "none"
        What does not count: nothing; a clip's level; each band's mean over a clip; or units, each feature
        being divided by its standard deviation over the training clips.
    floor_db : float, default -120
        Least band power in dB; the noise of 16-bit samples lies near -87 dB.
    keep : sequence of int, optional
        Bands that stand in the vector, counted from 0, in whatever order; all by default.
    """

    name = "logmel"
    assumes = "a fault changes how loud a band is: on the whole, in its loudest moments, or from moment to moment"
    cost = "a short FFT a frame; d: 128 a block"
    rules: ClassVar = {
        "n_mels": Interval(int, 8, 1024),
        **Pooled.pooling_rules,
        "floor_db": Interval(float, -300, 0),
    }

    def __init__(
        self,
        *,
        n_mels: int = 128,
        pooling: Sequence[float] = (1.0, 0.98, 0.9, 0.5, 0.0),
        deviation: bool = True,
        change: bool = True,
        normalisation: str = "none",
        floor_db: float = -120.0,
        keep: Sequence[int] | None = None,
    ) -> None:
        self.n_mels = n_mels
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.normalisation = normalisation
        self.floor_db = floor_db
        self.keep = keep

    @property
    def bands(self) -> int:
        """Length of one block: the number of mel bands that are kept."""
        return self.n_mels if self.keep is None else len(self.keep)

    def check_params(self) -> None:
        """Check every constructor argument; see `Component.check_params`."""
        super().check_params()
        check_keep(self.name, self.keep, self.n_mels)

    def band_edges_hz(self, rate: int) -> NDArray[np.float64]:
        """Return the range of each mel band, shape (n_mels, 2); see `offkey.features.mel.mel_bands_hz`."""
        return mel_bands_hz(rate, self.n_mels)

    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the log-mel spectrogram in dB, shape (n_mels, n_frames)."""
        levels = log_mel(samples, rate, n_mels=self.n_mels, floor_db=self.floor_db)
        return normalise_frames(levels, self.normalisation)
