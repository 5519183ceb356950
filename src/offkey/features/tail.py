"""The tail of a log-mel vector: what stands behind its blocks of bands, view by view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.features.cycle import CYCLE, cycle
from offkey.features.dynamics import MEASURES, dynamics
from offkey.features.feature_names import hertz
from offkey.features.fine_spectrum import FINE_BANDS, fine_edges_hz, fine_spectrum
from offkey.features.frames import frame_sizes
from offkey.features.lulls import WINDOWS_FRAMES, group_edges, group_members, lulls
from offkey.features.modulation import SWINGS, modulation
from offkey.features.parts import FeaturePart
from offkey.features.transients import CLICKS, DIPS, clicks, dips, knocks
from offkey.features.wobble import WOBBLES, wobble

__all__ = ["WHOLE", "Section", "Tail"]

_GROUPS, WHOLE, _FINE = "groups", "whole", "fine bands"


class Section(NamedTuple):
    """Adjacent columns: each measure of every place that is kept, one measure after the other."""

    view: str  # what a detector may take for a view of its own, such as ``"transients"``
    of: str  # what its places are: groups of bands, the whole sound or fine bands
    word: str  # what it tells, such as ``"lulls"``
    measures: tuple[str, ...]


_SECTIONS = (
    Section("lulls", _GROUPS, "lulls", tuple(f"lull_{frames}" for frames in WINDOWS_FRAMES)),
    Section("fine_spectrum", _FINE, "spectrum", ("fine",)),
    Section("dynamics", _GROUPS, "dynamics", MEASURES),
    Section("transients", WHOLE, "clicks and dips", (*CLICKS, *DIPS)),
    Section("transients", _GROUPS, "knocks", ("knock",)),
    Section("modulation", _GROUPS, "modulation", SWINGS),
    Section("wobble", WHOLE, "wobble", WOBBLES),
    Section("cycle", WHOLE, "the cycle", CYCLE),
)


@dataclass(frozen=True)
class Tail:
    """The views behind the blocks, and which of their places are kept.

    Places are numbered on from the bands: groups of bands, then the whole sound, then fine bands.
    """

    n_bands: int
    views: tuple[str, ...]
    keep: tuple[int, ...] | None

    @property
    def sections(self) -> list[Section]:
        """The sections of the views that there are, in the order of their columns."""
        return [section for section in _SECTIONS if section.view in self.views]

    @property
    def n_places(self) -> int:
        """Count of numbers for places, kept or not; 0 without any view."""
        return max(numbers.stop for numbers in self._numbers().values() if numbers) - self.n_bands if self.views else 0

    def width(self, views: Sequence[str] | None = None) -> int:
        """Return the number of columns of some views, by default of all."""
        return sum(
            len(section.measures) * len(self.places(section.of))
            for section in self.sections
            if views is None or section.view in views
        )

    def places(self, of: str) -> list[int]:
        """Return which places of a kind are kept, each counted from the first of its kind."""
        numbers = self._numbers()[of]
        return [number - numbers.start for number in numbers if self.keep is None or number in self.keep]

    def values(self, frames: NDArray[np.float32], samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        """Return the columns of a sound whose log-mel spectrogram is `frames`."""
        groups = self.places(_GROUPS)
        found = [np.empty(0, np.float32)]
        for section in self.sections:
            kept = groups if section.of == _GROUPS else self.places(section.of)
            if kept:
                found.append(_values(section, kept, frames, samples, rate))
        return np.concatenate(found)

    def names(self, rate: int, edges_hz: NDArray[np.float64]) -> list[str]:
        """Return the name of each column; of a lull with its window, and with the ends of a group of bands."""
        starts = group_edges(self.n_bands)
        limits = hertz([*edges_hz[starts[:-1], 0], edges_hz[-1, 1]])
        fine = fine_edges_hz(rate)
        ends = {
            _GROUPS: [f"_{low}_{high}" for low, high in pairwise(limits)],
            WHOLE: [""],
            _FINE: [f"_{centre}" for centre in hertz(np.sqrt(fine[:-1] * fine[1:]))],
        }
        windows = [f"lull_{frames * frame_sizes(rate)[1] / rate:.2f}s" for frames in WINDOWS_FRAMES]
        return [
            measure + ends[section.of][place]
            for section in self.sections
            for measure in (windows if section.view == "lulls" else section.measures)
            for place in self.places(section.of)
        ]

    def parts(self, rate: int, edges_hz: NDArray[np.float64], first: int) -> Iterator[FeaturePart]:
        """Yield the places that are kept, in ascending order, whose columns begin at `first`."""
        columns: dict[int, list[int]] = {}
        words: dict[str, list[str]] = {}
        for section in self.sections:
            places = self.places(section.of)
            words.setdefault(section.of, []).append(section.word)
            for row in range(len(section.measures)):
                for at, place in enumerate(places):
                    number = self._numbers()[section.of].start + place
                    columns.setdefault(number, []).append(first + row * len(places) + at)
            first += len(section.measures) * len(places)
        for of, numbers in self._numbers().items():
            for number in (number for number in numbers if number in columns):
                name, low_hz, high_hz = self._place(of, number - numbers.start, rate, edges_hz)
                told = f"{_and(words[of])} of {name}"
                yield FeaturePart(number, told, low_hz, high_hz, tuple(columns[number]))

    def _numbers(self) -> dict[str, range]:
        """Return which numbers the places of each kind have."""
        groups = self.n_bands + len(group_edges(self.n_bands)) - 1
        return {
            _GROUPS: range(self.n_bands, groups),
            WHOLE: range(groups, groups + any(section.of == WHOLE for section in self.sections)),
            _FINE: range(groups + 1, groups + 1 + FINE_BANDS * ("fine_spectrum" in self.views)),
        }

    def _place(self, of: str, place: int, rate: int, edges_hz: NDArray[np.float64]) -> tuple[str, float, float]:
        """Return what a place is called, and its ends in Hz."""
        if of == WHOLE:
            return "all bands", float(edges_hz[0, 0]), float(edges_hz[-1, 1])
        if of == _FINE:
            low_hz, high_hz = fine_edges_hz(rate)[place : place + 2].tolist()
            return f"{low_hz:.4g} to {high_hz:.4g} Hz", low_hz, high_hz
        low, high = group_edges(self.n_bands)[place : place + 2]
        return f"bands {low} to {high - 1}", float(edges_hz[low, 0]), float(edges_hz[high - 1, 1])


def _values(
    section: Section, kept: list[int], frames: NDArray[np.float32], samples: NDArray[np.float32], rate: int
) -> NDArray[np.float32]:
    """Return the columns of a section for the places that are kept."""
    frame_rate_hz = rate / frame_sizes(rate)[1]
    if section.view == "lulls":
        found = lulls(frames, kept).reshape(-1)
    elif section.view == "dynamics":
        found = dynamics(frames, frame_rate_hz, kept).reshape(-1)
    elif section.view == "modulation":
        found = modulation(group_members(len(frames))[kept] @ frames, frame_rate_hz).reshape(-1)
    elif section.view == "wobble":
        found = wobble(frames, frame_rate_hz)
    elif section.view == "cycle":
        found = cycle(frames, frame_rate_hz)
    elif section.view == "fine_spectrum":
        found = fine_spectrum(samples, rate)[kept]
    elif section.of == WHOLE:
        found = np.concatenate([clicks(samples, rate), dips(frames)])
    else:
        found = knocks(frames, kept)
    return found.astype(np.float32, copy=False)


def _and(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
