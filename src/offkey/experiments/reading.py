"""The reading of a cell's clips: rate, front end, channel and windows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from offkey import features
from offkey._version import __version__
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip, sources
from offkey.experiments.front_ends import FrontEnds
from offkey.features import FrontEnd
from offkey.hearing.extractor import Extractor
from offkey.hearing.rates import common_rate
from offkey.model import ModelConfig
from offkey.model.make_components import make_extractor, make_front_end

__all__ = ["Reading", "Readings"]

Learnt: TypeAlias = Mapping[str, Any]
"""The state of a front end that has learnt something."""

_HEADERS = 32  # clips of a cell in a store whose header decides the rate


@dataclass(frozen=True)
class Reading:
    """The recipe from clips to features; it travels to other processes."""

    name: str  # says all that features depend on beside the clips; it can name a folder
    config: ModelConfig
    rate: int
    learnt: Learnt | None  # what the front end has learnt; None for one that does not learn

    def front_end(self) -> FrontEnd | None:
        """Return the front end if it has learnt something; else the configuration makes it."""
        return None if self.learnt is None else features.restore(self.learnt)

    def extractor(self, *, digest: bool = False) -> Extractor:
        """Return what extracts the features."""
        return make_extractor(self.config, self.rate, front_end=self.front_end(), digest=digest)


class Readings:
    """Tells how the clips of cells are read for a candidate.

    `rate`: sampling rate in Hz at which all are heard; by default each cell at that of its training clips.
    """

    def __init__(self, cells: Sequence[Cell], front_ends: FrontEnds, *, jobs: int, rate: int | None = None) -> None:
        self._cells, self._front_ends, self._jobs, self._rate = cells, front_ends, jobs, rate
        self._rates: dict[object, tuple[int, list[str]]] = {}
        self._made: dict[tuple[object, ...], Reading] = {}

    def rate(self, cell: Cell) -> tuple[int, list[str]]:
        """Return the sampling rate in Hz of a cell that has training clips, and remarks on it."""
        if self._rate is not None:
            return self._rate, []
        if cell.key not in self._rates:
            read = cell.train if cell.train[0].url is None else _some(cell.train)
            self._rates[cell.key] = common_rate(list(sources(read)), None, self._jobs)
        return self._rates[cell.key]

    def of(self, candidate: Candidate, cell: Cell) -> Reading:
        """Return how a cell is read for a candidate, whose front end has learnt what it has to learn."""
        rate, _ = self.rate(cell)
        key = (candidate.features_key, cell.channel, rate)
        if key not in self._made:
            self._made[key] = self._make(candidate.config(channel=cell.channel), rate)
        return self._made[key]

    def _make(self, config: ModelConfig, rate: int) -> Reading:
        front_end = make_front_end(config)
        learns = front_end.learns
        if learns:  # hears all cells at the lowest of their rates
            lowest = min(self.rate(cell)[0] for cell in self._cells if cell.train)
            front_end = self._front_ends.learnt(front_end, config, lowest)
        options = config.model_dump(include={"channel", "window_s", "hop_s"})
        depends = [
            __version__,
            front_end.effective_params(),
            rate,
            options,
            *([about] if (about := front_end.about()) else []),
        ]
        digest = hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()
        return Reading(f"{front_end.name}-{digest[:12]}", config, rate, front_end.state() if learns else None)


def _some(clips: Sequence[Clip]) -> Sequence[Clip]:
    """Return clips of a store that stand for the rate of all: each would have to be fetched whole."""
    return clips[:: max(1, len(clips) // _HEADERS)]
