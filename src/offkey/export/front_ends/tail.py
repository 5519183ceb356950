"""The tail of a log-mel vector, view by view."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from offkey.export.front_ends.cycle import cycle
from offkey.export.front_ends.fine_spectrum import fine_spectrum
from offkey.export.front_ends.lulls import lulls
from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.steps import concat, mean
from offkey.export.front_ends.swings import dynamics, modulation, wobble
from offkey.export.front_ends.transients import clicks, dips, knocks
from offkey.features.tail import WHOLE, Section, Tail
from offkey.graph import Builder

__all__ = ["tail"]


class Part(NamedTuple):
    """A section of a tail that is to be added.

    `levels`: tensor of shape (batch, n_bands, n_frames), normalised, in dB.
    `places`: which places are kept, of the kind that the section has.
    """

    section: Section
    places: list[int]
    n_bands: int
    levels: str
    sound: Sound


def tail(b: Builder, views: Tail, levels: str, sound: Sound, without: Collection[str]) -> list[str]:
    """Add the columns of a tail, each section named by its view or its word; see `offkey.features.tail.Tail.values`.

    `levels`: shape (batch, n_bands, n_frames); the log-mel spectrogram, normalised.
    `without`: views whose columns are 0.
    Returns: tensors of shape (batch, n), one for each section of which a place is kept.
    """
    found = []
    for section in views.sections:
        part = Part(section, views.places(section.of), views.n_bands, levels, sound)
        if part.places:
            values = _zeros(b, part) if section.view in without else _VIEWS[section.view](b, part)
            found.append(values if section.view == "transients" else b("Identity", values, name=section.view))
    return found


def _zeros(b: Builder, part: Part) -> str:
    """Add a 0 for each column; a window's level gives it the length of the batch."""
    width = len(part.section.measures) * len(part.places)
    level = mean(b, part.levels, [1, 2], keepdims=False)
    return b("MatMul", b("Unsqueeze", level, b.weight([1])), b.weight(np.zeros((1, width), np.float32)))


def _transients(b: Builder, part: Part) -> str:
    if part.section.of == WHOLE:
        both = [clicks(b, part.sound), dips(b, part.levels, part.n_bands, part.sound.n_frames)]
        return concat(b, both, 1)
    return knocks(b, part.levels, part.n_bands, part.sound.n_frames, part.places)


_VIEWS: dict[str, Callable[[Builder, Part], str]] = {
    "lulls": lambda b, part: lulls(b, part.levels, part.n_bands, part.sound.n_frames, part.places),
    "fine_spectrum": lambda b, part: fine_spectrum(b, part.sound, part.places),
    "dynamics": lambda b, part: dynamics(b, part.levels, part.n_bands, part.sound, part.places),
    "transients": _transients,
    "modulation": lambda b, part: modulation(b, part.levels, part.n_bands, part.sound, part.places),
    "wobble": lambda b, part: wobble(b, part.levels, part.n_bands, part.sound),
    "cycle": lambda b, part: cycle(b, part.levels, part.n_bands, part.sound),
}
