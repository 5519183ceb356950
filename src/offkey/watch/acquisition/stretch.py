"""The place within a stretch of sound, from which somebody else can go on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item

__all__ = ["Stretch"]


class Stretch:
    """Follows what comes of a source."""

    def __init__(self) -> None:
        self._begin: Begin | None = None
        self._count = 0  # samples since
        self.doubt = Doubt(None)
        """Whether the sound that comes next is evidence."""

    @property
    def is_open(self) -> bool:
        """Whether the stretch goes on."""
        return self._begin is not None

    def follow(self, item: Item) -> None:
        """Take what came next."""
        if isinstance(item, Begin):
            self._begin, self._count = item, 0
        elif isinstance(item, End):
            self._begin = None
        elif isinstance(item, np.ndarray):
            self._count += len(item)
        elif isinstance(item, Doubt):
            self.doubt = item
        elif isinstance(item, Correction) and self._begin is not None:
            self._begin = replace(self._begin, at=self._begin.at + item.seconds)

    def begin(self) -> Begin | None:
        """Return a begin with the next sample; None between stretches, and within a recording."""
        if self._begin is None or math.isfinite(self._begin.seconds):
            return None
        return replace(self._begin, at=self._begin.at + self._count / self._begin.rate)
