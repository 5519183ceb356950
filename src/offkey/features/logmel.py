"""Log-mel spectrum, pooled over time: the default front end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, OneOf
from offkey.features.base import Pooled, Samples, Vector, check_keep
from offkey.features.dynamics import MEASURES, dynamics
from offkey.features.feature_names import hertz
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.lulls import WINDOWS_FRAMES, group_edges, lulls
from offkey.features.mel import log_mel, mel_bands_hz, mel_centres_hz
from offkey.features.normalisation import normalise_frames
from offkey.features.parts import FeaturePart

__all__ = ["LogMel"]


class LogMel(Pooled):
    """Mel power in dB, pooled over time with several weights, its deviation and its change, its lulls and dynamics.

    The blocks of the vector say how loud each band is on the whole and in its loudest moments, how
    much it varies, and how quickly. Behind the blocks stand the lulls of groups of bands, which say how much
    weaker the weak strokes of a clip are than its usual ones (`offkey.features.lulls`). Where they are asked for,
    the dynamics of these groups come last: how quickly they rise, peak, dip and swing (`offkey.features.dynamics`).

    Parameters
    ----------
    n_mels : int, default 128
        Number of Slaney mel bands from `low_hz` to `high_share` of half the rate.
    pooling : sequence of float, default (1.0, 0.98, 0.9, 0.5, 0.0)
        Weights of the generalised weighted ranking pooling, a block of bands each.
    deviation : bool, default True
        Whether to add a block of standard deviations over time.
    change : bool, default True
        Whether to add a block of mean absolute differences from one frame to the next.
    lulls : bool, default True
        Whether to add the lulls, a number for each of six windows and of 16 groups of bands.
    dynamics : bool, default False
        Whether to add the dynamics, 13 numbers for each of 16 groups of bands: for clicks, knocks, dropouts and beats,
        where the sound about the machine is the same when learnt and when scored.
    normalisation : {"none", "clip-level", "per-band", "standard"}, default "none"
        What does not count: nothing; a clip's level; each band's mean over a clip; or units, each feature
        being divided by its standard deviation over the training clips.
    floor_db : float, default -120
        Least band power in dB; the noise of 16-bit samples lies near -87 dB.
    keep : sequence of int, optional
        Bands that stand in the vector, counted from 0, in whatever order; all by default. The groups of
        bands whose lulls and dynamics stand in it are counted on from `n_mels`.
    clip_s : float, default 10
        Length in seconds of the clip whose weights `pooling` are: in a clip of another length they belong to the
        same shares of its frames. `offkey.fit` sets it to the length of the clips learnt; None for weights that belong
        to ranks, whatever the length.
    low_hz : float, default 20
        Where the lowest band starts, in Hz: what lies below, such as the drift of an offset, no machine says.
    high_share : float, default 1
        Where the highest band ends, as a share of half the rate. The uppermost tenth is shaped by the filter of the
        recorder or the resampler: `offkey.fit` leaves it out, with 0.9, where clips of several rates are learnt.
    """

    name = "logmel"
    assumes = "a fault changes the level of a band: on the whole, at its loudest, between moments or in some strokes"
    cost = "a short FFT a frame; d: 128 a block, 96 lulls"
    rules: ClassVar = {
        "n_mels": Interval(int, 8, 1024),
        **Pooled.pooling_rules,
        "lulls": OneOf((True, False)),
        "dynamics": OneOf((True, False)),
        "floor_db": Interval(float, -300, 0),
        "low_hz": Interval(float, 0, 300),
        "high_share": Interval(float, 0.5, 1),
    }
    earlier: ClassVar = {**Pooled.earlier, "lulls": False, "low_hz": 0.0, "dynamics": False}

    def __init__(
        self,
        *,
        n_mels: int = 128,
        pooling: Sequence[float] = (1.0, 0.98, 0.9, 0.5, 0.0),
        deviation: bool = True,
        change: bool = True,
        lulls: bool = True,
        dynamics: bool = False,
        normalisation: str = "none",
        floor_db: float = -120.0,
        keep: Sequence[int] | None = None,
        clip_s: float | None = 10.0,
        low_hz: float = 20.0,
        high_share: float = 1.0,
    ) -> None:
        self.n_mels = n_mels
        self.pooling = pooling
        self.deviation = deviation
        self.change = change
        self.lulls = lulls
        self.dynamics = dynamics
        self.normalisation = normalisation
        self.floor_db = floor_db
        self.keep = keep
        self.clip_s = clip_s
        self.low_hz = low_hz
        self.high_share = high_share

    @property
    def bands(self) -> int | None:
        """Length of one block: the number of mel bands that are kept; None if there are but lulls."""
        return len(self._kept(self.n_mels)) or None

    @property
    def tail(self) -> int:
        """Number of columns behind the blocks: the lulls and dynamics of the groups that are kept."""
        return self._n_measures * len(self._kept_groups())

    def detector_params(self) -> dict[str, Any]:
        """Return what a detector may be told of the vector; see `FrontEnd.detector_params`."""
        told, moving = super().detector_params(), len(MEASURES) * len(self._kept_groups()) * self.dynamics
        return {**told, "dynamics": moving} if told and moving else told

    def check_params(self) -> None:
        """Check every constructor argument; see `Component.check_params`."""
        super().check_params()
        what = "bands or lulls" if self._n_measures else "bands"
        check_keep(self.name, self.keep, self.n_mels + self._n_groups(), what=what)

    def band_edges_hz(self, rate: int) -> NDArray[np.float64]:
        """Return the range of each mel band, shape (n_mels, 2); see `offkey.features.mel.mel_bands_hz`."""
        return mel_bands_hz(rate, self.n_mels, self.low_hz, self.high_share * rate / 2)

    def band_names(self, rate: int) -> list[str]:
        """Return the centre of each mel band: ``"mel_1234hz"``."""
        centres_hz = mel_centres_hz(rate, self.n_mels, self.low_hz, self.high_share * rate / 2)
        return [f"mel_{centre}" for centre in hertz(centres_hz)]

    def feature_names(self, rate: int) -> list[str]:
        """Return the names of the blocks, of the lulls, ``"lull_0.38s_20hz_312hz"``, and of the dynamics.

        See `FrontEnd.feature_names`. A lull's name has the length of its window, and the ends of its group of bands.
        """
        edges_hz, starts = self.band_edges_hz(rate), group_edges(self.n_mels)
        limits = hertz([*edges_hz[starts[:-1], 0], edges_hz[-1, 1]])
        groups = [f"{limits[group]}_{limits[group + 1]}" for group in self._kept_groups()]
        windows_s = [frames * frame_sizes(rate)[1] / rate for frames in WINDOWS_FRAMES]
        measures = [f"lull_{window_s:.2f}s" for window_s in windows_s] * self.lulls + list(MEASURES) * self.dynamics
        return [*super().feature_names(rate), *(f"{measure}_{group}" for measure in measures for group in groups)]

    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the log-mel spectrogram in dB, shape (n_mels, n_frames)."""
        levels = log_mel(
            samples,
            rate,
            n_mels=self.n_mels,
            floor_db=self.floor_db,
            low_hz=self.low_hz,
            high_hz=self.high_share * rate / 2,
        )
        return normalise_frames(levels, self.normalisation)

    def middles(self, samples: Samples, rate: int, lengths: Sequence[int]) -> list[Vector] | None:
        """Return the features of parts, whose frames are those of the clip; see `FrontEnd.middles`."""
        if self.normalisation in ("clip-level", "per-band"):  # a frame then depends on all others of its part
            return None
        frames = self.frames(samples, rate)
        counts = [n_frames(length, rate) for length in lengths]
        firsts = [(frames.shape[1] - count) // 2 for count in counts]
        return [self.pooled(frames[:, at : at + count], rate) for at, count in zip(firsts, counts, strict=True)]

    def pooled(self, frames: NDArray[np.float32], rate: int) -> Vector:
        """Return the blocks of the bands that are kept, and lulls and dynamics of the groups, one after the other."""
        vector, groups = [super().pooled(frames, rate)], self._kept_groups()
        if groups and self.lulls:
            vector.append(lulls(frames, groups).reshape(-1))
        if groups and self.dynamics:
            vector.append(dynamics(frames, rate / frame_sizes(rate)[1], groups).reshape(-1))
        return np.concatenate(vector)

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the bands that are kept and then the groups of bands, in ascending order; see `FrontEnd.parts`."""
        parts, edges_hz, groups = super().parts(rate), self.band_edges_hz(rate), self._kept_groups()
        first = sum(len(part.columns) for part in parts)
        limits = list(pairwise(group_edges(self.n_mels)))
        word = " and ".join(["lulls"] * self.lulls + ["dynamics"] * self.dynamics)
        for place, group in enumerate(groups):
            low, high = limits[group]
            columns = tuple(first + place + measure * len(groups) for measure in range(self._n_measures))
            ends = float(edges_hz[low, 0]), float(edges_hz[high - 1, 1])
            parts.append(FeaturePart(self.n_mels + group, f"{word} of bands {low} to {high - 1}", *ends, columns))
        return parts

    @property
    def _n_measures(self) -> int:
        """Number of columns of each group of bands."""
        return len(WINDOWS_FRAMES) * self.lulls + len(MEASURES) * self.dynamics

    def _n_groups(self) -> int:
        return len(group_edges(self.n_mels)) - 1 if self._n_measures else 0

    def _kept(self, n_bands: int) -> list[int]:
        return list(range(n_bands)) if self.keep is None else sorted(band for band in self.keep if band < n_bands)

    def _kept_groups(self) -> list[int]:
        kept = range(self.n_mels, self.n_mels + self._n_groups())
        return [number - self.n_mels for number in kept if self.keep is None or number in self.keep]
