"""The traits of a batch of recordings, held against those of the recordings that were learnt."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offkey.decision import chance_of_alarms
from offkey.hearing.traits import EDGES_HZ, OCTAVES, TRAITS
from offkey.model.sound_range import AT, SoundRange

__all__ = ["TraitTally"]

Floats = NDArray[np.float64]

_BANDS = len(EDGES_HZ) - 1
_LEAST_DB = np.array([1.0, 3.0, 2.0, 6.0, 0.0, *[3.0] * _BANDS])  # a difference that matters, of each trait
_FAR_DB = np.array([3.0, 6.0, 6.0, 12.0, 0.0, *[6.0] * _BANDS])  # beyond all learnt by so much, and by their range
_RATE = TRAITS.index("rate_hz")
_FIRST_BAND = _RATE + 1
_CHANCE = 1e-4  # that a trait of as many clips lies on one side, were they recorded as those learnt
_CHANCE_IF_SUSPECTED = 2e-3  # that it lies on one side of the median, where scores say already that something moved
_LEAST_IF_SUSPECTED_DB = 0.5  # that is said then
_MOST_BANDS = 2  # that are named, those that moved most


def _band(low: int, high: int) -> str:
    if low == 0:
        return f"below {high} Hz"
    return f"of {low // 1000} to {high // 1000} kHz" if low >= 1000 else f"of {low} to {high} Hz"


_SAID = (
    ("the level is {:.1f} dB {}", "higher", "lower", 1.0),
    ("the noise floor is {:.1f} dB {}", "higher", "lower", 1.0),
    ("the spectrum is tilted by {:.1f} dB per octave more towards {} frequencies", "high", "low", OCTAVES),
    ("the highest frequencies are {:.1f} dB {}", "stronger", "weaker", 1.0),
    ("the sampling rate of the files is {:.0f} Hz {}", "higher", "lower", 1.0),
    *((f"the band {_band(*of)} is {{:.1f}} dB {{}}", "stronger", "weaker", 1.0) for of in pairwise(EDGES_HZ)),
)
"""The sentence of each trait, the words for more and for less of it, and its divisor."""


@dataclass
class TraitTally:
    """Counts on which side of those learnt the traits of recordings lie."""

    known: SoundRange
    clips: int = 0
    _sum: Floats = field(init=False)
    _over: NDArray[np.intp] = field(init=False)  # shape (2, n_traits); below and above the median learnt
    _beside: NDArray[np.intp] = field(init=False)  # beyond the usual ones by a difference that matters
    _far: NDArray[np.intp] = field(init=False)  # far beyond all

    def __post_init__(self) -> None:
        n = self.known.quantiles.shape[1]
        self._sum = np.zeros(n)
        self._over, self._beside, self._far = (np.zeros((2, n), np.intp) for _ in range(3))

    def count(self, traits: Floats) -> None:
        """Count a recording; one that an earlier version measured by fewer traits is passed over."""
        lowest, low, usual, high, highest = self.known.quantiles
        n = len(usual)
        if len(traits) < n:
            return
        of, least, far = traits[:n], _LEAST_DB[:n], np.maximum(_FAR_DB[:n], highest - lowest)
        far[_RATE] = 0  # a rate is another or it is not
        self.clips += 1
        self._sum += of
        self._over += np.array([of < usual, of > usual])
        self._beside += np.array([of < np.minimum(low, usual - least), of > np.maximum(high, usual + least)])
        self._far += np.array([of < lowest - far, of > highest + far])

    def measures(self) -> dict[str, dict[str, float]]:
        """Return of each trait its mean, and minimum, median and maximum of those learnt; nothing without clips."""
        if not self.clips:
            return {}
        lowest, _, usual, _, highest = self.known.quantiles
        rows = np.round([self._sum / self.clips, lowest, usual, highest], 2).T.tolist()
        keys = ("mean", "learnt_min", "learnt_median", "learnt_max")
        return {name: dict(zip(keys, row, strict=True)) for name, row in zip(TRAITS, rows, strict=False)}

    def moved(self, *, suspected: bool) -> list[str]:
        """Say which traits of most clips lie on one side of those learnt, by more than chance explains.

        `suspected`: whether scores say that something moved; then what lies within the range learnt is said as well.
        """
        if not self.clips:
            return []
        distance = self._sum / self.clips - self.known.quantiles[2]
        lengths = np.abs(distance) / np.maximum(self.known.quantiles[3] - self.known.quantiles[1], 0.1)
        found = [trait for trait, by in enumerate(distance) if self._has_moved(trait, by, suspected)]
        bands = sorted((trait for trait in found if trait >= _FIRST_BAND), key=lambda trait: -lengths[trait])
        sentences = []
        for trait in (*(trait for trait in found if trait < _FIRST_BAND), *sorted(bands[:_MOST_BANDS])):
            text, higher, lower, scale = _SAID[trait]
            side = _side(distance[trait])
            far = 2 * self._far[side, trait] > self.clips
            said = text.format(abs(distance[trait]) / scale, higher if side else lower)
            sentences.append(f"{said} than {'in any clip learnt' if far else 'usual'}")
        return sentences

    def _has_moved(self, trait: int, distance: float, suspected: bool) -> bool:
        """Tell whether most clips lie on the side of those learnt on which their mean lies."""
        n, clips, side = self.known.n, self.clips, _side(distance)
        over, beside, far = (int(of[side, trait]) for of in (self._over, self._beside, self._far))
        if 2 * far > clips or (2 * beside > clips and chance_of_alarms(n, AT[1], clips, beside) < _CHANCE):
            return True
        matters = suspected and abs(distance) >= _LEAST_IF_SUSPECTED_DB
        return matters and chance_of_alarms(n, AT[2], clips, over) < _CHANCE_IF_SUSPECTED


def _side(distance: float) -> int:
    return int(distance > 0)
