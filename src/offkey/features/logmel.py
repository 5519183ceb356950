"""Log-mel spectrum, pooled over time: the default front end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, OneOf
from offkey.errors import ParameterError
from offkey.features.base import Pooled, Samples, Vector, check_keep
from offkey.features.feature_names import hertz
from offkey.features.frames import frame_sizes, n_frames
from offkey.features.mel import log_mel, mel_bands_hz, mel_centres_hz
from offkey.features.normalisation import normalise_frames
from offkey.features.overlapping import OverlappingFrames
from offkey.features.parts import FeaturePart
from offkey.features.tail import Tail

__all__ = ["LogMel"]


_MOVING = ("dynamics", "transients", "modulation", "wobble", "cycle")
"""Views of the tail that tell how the sound goes in time, in the order in which they come last."""
_LATER = ("fine_spectrum", *_MOVING)
"""Views of the tail that there were not from the start."""


class LogMel(Pooled):
    """Mel power in dB, pooled over time with several weights, with deviation, change and features of time structure.

    The blocks of the vector hold the level of each band on average and in its loudest moments, how much it varies, and
    how quickly. After the blocks comes the tail. It holds the lulls of groups of bands, which measure how much weaker
    the weak strokes of a clip are than its usual ones (`offkey.features.lulls`). For the default detector it also holds
    clicks, dips and knocks (`offkey.features.transients`), how strongly groups of bands swing at each rate
    (`offkey.features.modulation`), and the period in which strokes recur, with departures from it
    (`offkey.features.cycle`).

    Parameters
    ----------
    n_mels : int, default 128
        Number of Slaney mel bands from `low_hz` to `high_share` of half the rate.
    pooling : sequence of float, default (1.0, 0.98, 0.9, 0.5, 0.0)
        Weights of the generalised weighted ranking pooling; each gives one block of bands.
    deviation : bool, default True
        Whether to add a block of standard deviations over time.
    change : bool, default True
        Whether to add a block of mean absolute differences from one frame to the next.
    lulls : bool, default True
        Whether to add the lulls: one number for each of six windows and 16 groups of bands.
    transients : bool, default False
        Whether to add how far clicks, dips and knocks stand out: 9 numbers for the whole sound, and one for each of 16
        groups of bands. `offkey.fit` sets it for detectors that use it, such as the default.
    modulation : bool, default False
        Whether to add how strongly 16 groups of bands swing in each of eight ranges of rates, for beats; `offkey.fit`
        sets it likewise.
    wobble : bool, default False
        Whether to add how strongly the balance of neighbouring bands swings, 0.6 to 3.9 times a second, for pitches
        that wobble: 4 numbers (`offkey.features.wobble`). Extraction takes a tenth longer.
    cycle : bool, default False
        Whether to add the period in which strokes repeat, departures from it, and their order within it: 21 numbers
        (`offkey.features.cycle`); `offkey.fit` sets it likewise.
    fine_spectrum : bool, default False
        Whether to add a spectrum of 96 narrow bands from 10 Hz to 4 kHz (`offkey.features.fine_spectrum`), for tones,
        pitch and speed. Extraction takes half as long again.
    dynamics : bool, default False
        Whether to add the dynamics: 13 numbers for each of 16 groups of bands, an earlier form of transients and
        modulation (`offkey.features.dynamics`).
    normalisation : {"none", "clip-level", "per-band", "standard"}, default "none"
        What to normalise: nothing; the level of each clip; the mean of each band over a clip; or the units, by dividing
        each feature by its standard deviation over the training clips.
    floor_db : float, default -120
        Lowest band power in dB; the noise of 16-bit samples lies near -87 dB.
    keep : sequence of int, optional
        Bands to keep, counted from 0, in any order; all by default. The parts of the tail are counted on from `n_mels`:
        groups of bands, the whole sound, fine bands.
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

    name = "logmel"
    assumes = "a fault changes the level of a band: on the whole, for a moment, in beats, in the order of strokes"
    cost = "a short FFT a frame; d: 128 a block, 96 lulls; for `fused` 25 transients, 128 of modulation, 21 of cycles"
    rules: ClassVar = {
        "n_mels": Interval(int, 8, 1024),
        **Pooled.pooling_rules,
        "lulls": OneOf((True, False)),
        **dict.fromkeys(_LATER, OneOf((True, False))),
        "floor_db": Interval(float, -300, 0),
        "low_hz": Interval(float, 0, 300),
        "high_share": Interval(float, 0.5, 1),
    }
    earlier: ClassVar = {**Pooled.earlier, "lulls": False, "low_hz": 0.0, **dict.fromkeys(_LATER, False)}

    def __init__(
        self,
        *,
        n_mels: int = 128,
        pooling: Sequence[float] = (1.0, 0.98, 0.9, 0.5, 0.0),
        deviation: bool = True,
        change: bool = True,
        lulls: bool = True,
        transients: bool = False,
        modulation: bool = False,
        wobble: bool = False,
        cycle: bool = False,
        fine_spectrum: bool = False,
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
        self.transients = transients
        self.modulation = modulation
        self.wobble = wobble
        self.cycle = cycle
        self.fine_spectrum = fine_spectrum
        self.dynamics = dynamics
        self.normalisation = normalisation
        self.floor_db = floor_db
        self.keep = keep
        self.clip_s = clip_s
        self.low_hz = low_hz
        self.high_share = high_share

    @property
    def bands(self) -> int | None:
        """Length of one block: the number of mel bands that are kept; None if there is but a tail."""
        return len(self._kept(self.n_mels)) or None

    @property
    def tail_views(self) -> Tail:
        """The views behind the blocks, and which of their places are kept."""
        views = tuple(view for view in ("lulls", *_LATER) if getattr(self, view))
        return Tail(self.n_mels, views, None if self.keep is None else tuple(self.keep))

    @property
    def tail(self) -> int:
        """Number of columns behind the blocks."""
        return self.tail_views.width()

    @property
    def moving(self) -> int:
        """Number of columns, the last ones, that tell how the sound goes in time; see `FrontEnd.moving`."""
        return self.tail_views.width(_MOVING)

    def detector_params(self) -> dict[str, Any]:
        """Return what a detector may be told of the vector; see `FrontEnd.detector_params`."""
        if self.bands is None:
            return {}
        views = tuple(width for view in ("lulls", *_LATER) if (width := self.tail_views.width([view])))
        told: dict[str, Any] = {"bands": self.bands, "views": views or None}
        if self.tail_views.width(["cycle"]):
            told |= {"views": views[:-1] or None, "cycle": True}
        if self.normalisation in ("none", "clip-level"):
            told["levels"] = max(1, sum(takewhile(bool, (r >= 1 for r in self.pooling))))
        return told

    def check_params(self) -> None:
        """Check every constructor argument; see `Component.check_params`."""
        super().check_params()
        what = "bands or what the tail tells of" if self.tail_views.n_places else "bands"
        check_keep(self.name, self.keep, self.n_mels + self.tail_views.n_places, what=what)
        if self.fine_spectrum and self.normalisation == "per-band":
            raise ParameterError(
                "The 'fine_spectrum' parameter of 'logmel' must be False where 'normalisation' is 'per-band', by which "
                "the mean of a band does not count. Got True instead."
            )

    def band_edges_hz(self, rate: int) -> NDArray[np.float64]:
        """Return the range of each mel band, shape (n_mels, 2); see `offkey.features.mel.mel_bands_hz`."""
        return mel_bands_hz(rate, self.n_mels, self.low_hz, self.high_share * rate / 2)

    def band_names(self, rate: int) -> list[str]:
        """Return the centre of each mel band: ``"mel_1234hz"``."""
        centres_hz = mel_centres_hz(rate, self.n_mels, self.low_hz, self.high_share * rate / 2)
        return [f"mel_{centre}" for centre in hertz(centres_hz)]

    def feature_names(self, rate: int) -> list[str]:
        """Return the names of the blocks and of the tail, such as ``"lull_0.38s_20hz_312hz"``.

        See `FrontEnd.feature_names`. A lull's name has the length of its window, that of a swing its range of rates;
        where a number is of a group of bands, the ends of the group follow.
        """
        return [*super().feature_names(rate), *self.tail_views.names(rate, self.band_edges_hz(rate))]

    def frames(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the log-mel spectrogram in dB, shape (n_mels, n_frames)."""
        return normalise_frames(self._levels(samples, rate), self.normalisation)

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the blocks of the bands that are kept, and the tail."""
        return self._vector(self.frames(samples, rate), samples, rate)

    def overlapping(self, rate: int) -> Callable[[Samples, int], Vector] | None:
        """Return what computes each frame once; see `FrontEnd.overlapping`.

        The mean of a window, which is taken away, differs from one to the next. Under a Hann window it reaches the two
        lowest bins of a spectrum alone, so that no band may reach them.
        """
        if self.low_hz < rate / frame_sizes(rate)[0]:
            return None
        levels = OverlappingFrames(lambda samples: self._levels(samples, rate), rate)

        def vector(samples: Samples, start: int) -> Vector:
            frames = normalise_frames(levels(samples, start), self.normalisation)
            return self._vector(frames, samples, rate)

        return vector

    def middles(self, samples: Samples, rate: int, lengths: Sequence[int]) -> list[Vector] | None:
        """Return the features of parts, whose frames are those of the clip; see `FrontEnd.middles`."""
        if self.normalisation in ("clip-level", "per-band"):  # a frame then depends on all others of its part
            return None
        frames, hop = self.frames(samples, rate), frame_sizes(rate)[1]
        found = []
        for length in lengths:
            count = n_frames(length, rate)
            first = (frames.shape[1] - count) // 2
            part = samples[first * hop : first * hop + length]
            found.append(self._vector(frames[:, first : first + count], part, rate))
        return found

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the bands that are kept, and then what the tail tells of; see `FrontEnd.parts`."""
        bands = super().parts(rate)
        first = sum(len(part.columns) for part in bands)
        return [*bands, *self.tail_views.parts(rate, self.band_edges_hz(rate), first)]

    def _levels(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the log-mel spectrogram in dB, not normalised."""
        return log_mel(
            samples,
            rate,
            n_mels=self.n_mels,
            floor_db=self.floor_db,
            low_hz=self.low_hz,
            high_hz=self.high_share * rate / 2,
        )

    def _vector(self, frames: NDArray[np.float32], samples: Samples, rate: int) -> Vector:
        return np.concatenate([self.pooled(frames, rate), self.tail_views.values(frames, samples, rate)])

    def _kept(self, n_bands: int) -> list[int]:
        return list(range(n_bands)) if self.keep is None else sorted(band for band in self.keep if band < n_bands)
