"""Levels of sound in dB, as sound level meters show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, OneOf, SequenceOf
from offkey.errors import ParameterError
from offkey.features.base import FrontEnd, Samples, Vector
from offkey.features.levels.analysis import BLOCKS_PER_HOP, block_size, fast, segments
from offkey.features.levels.third_octaves import NOMINAL_HZ, band_edges_hz, n_bands
from offkey.features.parts import FeaturePart

__all__ = ["Levels"]

_WEIGHTED = ("laeq_db", "lceq_db", "lzeq_db")
_EXCEEDED = {"la10_db": 10, "la50_db": 50, "la90_db": 90}
_OVERALL = (*_WEIGHTED, "lafmax_db", *_EXCEEDED)
_BANDS = tuple(f"third_octave_{nominal}hz_db" for nominal in NOMINAL_HZ)


class Levels(FrontEnd):
    """Sound levels in dB: equivalent, fast maximum, percentiles and third octaves.

    ``laeq_db``, ``lceq_db`` and ``lzeq_db`` are the time-averaged levels of the clip with the frequency weightings A
    and C and without any (IEC 61672-1:2013, 3.10 and annex E); ``lafmax_db`` is the highest A-weighted level with the
    time weighting F of 125 ms (3.9), and ``la10_db``, ``la50_db`` and ``la90_db`` are those that it exceeds for 10, 50
    and 90 % of the time (ISO 1996-1:2016, 3.1.5). ``third_octave_1000hz_db`` and the like are the time-averaged levels
    of the third-octave bands, named by nominal frequency, from 20 Hz to 20 kHz and below half the sampling rate (IEC
    61260-1:2014, base ten, filters within class 1).

    Parameters
    ----------
    calibration_db : float, default 0
        Level in dB re 20 micropascal of sound with mean square 1, added to all levels: 94 minus the ``lzeq_db`` of a
        recording of a 94 dB calibrator. By default levels are in dB re full scale, where a sine of full scale has -3.01
        dB.
    floor_db : float, default -120
        Lowest level in dB re full scale.
    keep : sequence of str, optional
        Names of the features to keep, such as ``"laeq_db"``, in any order; all by default.
    """

    name = "levels"
    assumes = "a fault changes how loud the sound is, as people measure it, or its spectrum in third octaves"
    cost = "two long FFTs a clip; d: 33 at 16 kHz, 38 at 48 kHz"
    rules: ClassVar = {
        "calibration_db": Interval(float, -300, 300),
        "floor_db": Interval(float, -300, 0),
        "keep": SequenceOf(OneOf((*_OVERALL, *_BANDS)), distinct=True, or_none=True),
    }

    def __init__(
        self, *, calibration_db: float = 0.0, floor_db: float = -120.0, keep: Sequence[str] | None = None
    ) -> None:
        self.calibration_db = calibration_db
        self.floor_db = floor_db
        self.keep = keep

    def feature_names(self, rate: int) -> list[str]:
        """Return the names of the levels that are kept: ``"laeq_db"``; see `FrontEnd.feature_names`."""
        return self._names(rate) if self.keep is None else [name for name in self._names(rate) if name in self.keep]

    def parts(self, rate: int) -> list[FeaturePart]:
        """Return the levels by name, with the ends of third octaves; see `FrontEnd.parts`."""
        edges = {name: (low, high) for name, (low, high) in zip(_BANDS, band_edges_hz().tolist(), strict=True)}
        names = self.feature_names(rate)
        return [
            FeaturePart(name, name, *edges.get(name, (None, None)), columns=(place,))
            for place, name in enumerate(names)
        ]

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the levels of one clip; see `FrontEnd.vector`."""
        weight, weighted, bands, blocks = 0.0, np.zeros(3), np.zeros(n_bands(rate)), list[NDArray[np.float64]]()
        for segment in segments(samples, rate):
            of_segment = segment.powers()
            weight, weighted, bands = weight + of_segment[0], weighted + of_segment[1], bands + of_segment[2]
            blocks.append(segment.a_weighted_blocks())
        powers = fast(np.concatenate(blocks))
        exceeded = np.percentile(powers, [100 - share for share in _EXCEEDED.values()])
        levels = self._in_db([*weighted / weight, powers.max(), *exceeded, *bands / weight])
        if self.keep is None:
            return levels
        return levels[[place for place, name in enumerate(self._names(rate)) if name in self.keep]]

    def row_names(self, rate: int) -> list[str]:
        """Return what `in_time` gives: ``"laf_db"`` and the third octaves; see `FrontEnd.row_names`."""
        return ["laf_db", *_BANDS[: n_bands(rate)]]

    def column_s(self, rate: int) -> float:
        """Return 125 ms, in whole samples; see `FrontEnd.hop_s`."""
        return BLOCKS_PER_HOP * block_size(rate) / rate

    def in_time(self, samples: Samples, rate: int) -> NDArray[np.float32]:
        """Return the levels of each 125 ms, shape (1 + n_bands, n_hops); see `FrontEnd.in_time`.

        The first row is the A-weighted level with the time weighting F at the end of each 125 ms, the others are the
        mean levels of the third-octave bands in it; the last may be half shorter or longer.
        """
        bands, blocks = list[NDArray[np.float64]](), list[NDArray[np.float64]]()
        for segment in segments(samples, rate):
            bands.append(segment.band_hops())
            blocks.append(segment.a_weighted_blocks())
        whole, powers = np.concatenate(bands, axis=1), fast(np.concatenate(blocks))
        ends = np.minimum(np.arange(1, whole.shape[1] + 1) * BLOCKS_PER_HOP, len(powers)) - 1
        return self._in_db(np.concatenate([powers[ends][None], whole]))

    def _names(self, rate: int) -> list[str]:
        """Return the names of all levels that there are at a rate, where those that are to be kept are among them."""
        names = [*_OVERALL, *_BANDS[: n_bands(rate)]]
        missing = set(self.keep or ()) - set(names)
        if missing:
            raise ParameterError(
                f"The 'keep' parameter of 'levels' names {min(missing)}, but at {rate} Hz the highest is {names[-1]}."
            )
        return names

    def _in_db(self, powers: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float32]:
        floored = np.maximum(powers, 10 ** (self.floor_db / 10))
        levels: NDArray[np.float32] = (10 * np.log10(floored) + self.calibration_db).astype(np.float32)
        return levels
