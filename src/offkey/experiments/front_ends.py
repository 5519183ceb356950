"""The front ends of candidates: one that learns does so once, on the training clips of all cells together."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from offkey._version import __version__
from offkey.errors import ModelFileError
from offkey.experiments.cell import Cell, Clip
from offkey.features import FrontEnd
from offkey.features.front_end_file import load_front_end, save_front_end
from offkey.features.learning import Origin, Stage
from offkey.hearing.learning import training_clips
from offkey.model import ModelConfig
from offkey.model.make_components import make_extractor

__all__ = ["FrontEnds"]


class FrontEnds:
    """Lets front ends learn, and keeps those that have.

    `folder`: where these are kept, and what a training needs to go on after it was broken off; None for memory alone.
    """

    def __init__(
        self,
        folder: Path | None,
        cells: Sequence[Cell],
        *,
        jobs: int,
        stage: Stage = lambda _name, _steps: lambda: None,
    ) -> None:
        self._folder, self._cells, self._jobs, self._stage = folder, cells, jobs, stage
        self._ready: dict[str, FrontEnd] = {}

    @cached_property
    def training(self) -> str:
        """A digest of the clips that front ends learn from, and of what is known of them."""
        content = [(clip.key, origin.machine, origin.section, origin.attributes) for clip, origin in self._clips]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    @cached_property
    def _clips(self) -> list[tuple[Clip, Origin]]:
        """The training clips of all cells, each once for each place that it comes from."""
        found = {
            (clip.key, origin): (clip, origin)
            for cell in self._cells
            for clip in cell.train
            for origin in [Origin(cell.machine, cell.section, clip.attributes)]
        }
        return list(found.values())

    def learnt(self, front_end: FrontEnd, config: ModelConfig, rate: int) -> FrontEnd:
        """Return a front end that has learnt.

        `rate`: sampling rate in Hz at which it hears all clips.
        """
        options = config.model_dump(include={"channel", "window_s", "hop_s"})
        depends = [__version__, front_end.name, front_end.effective_params(), rate, options, self.training]
        name = f"{front_end.name}-{hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:12]}"
        if name not in self._ready:
            self._ready[name] = self._load_or_learn(front_end, config, rate, name)
        return self._ready[name]

    def _load_or_learn(self, front_end: FrontEnd, config: ModelConfig, rate: int, name: str) -> FrontEnd:
        if self._folder is None:
            self._learn(front_end, config, rate, None)
            return front_end
        place = self._folder / name
        file = place.with_suffix(".offkeynet")
        try:
            return load_front_end(file)
        except ModelFileError:  # not there yet, or damaged
            place.mkdir(parents=True, exist_ok=True)
        self._learn(front_end, config, rate, place)
        save_front_end(front_end, file)
        shutil.rmtree(place, ignore_errors=True)
        return front_end

    def _learn(self, front_end: FrontEnd, config: ModelConfig, rate: int, place: Path | None) -> None:
        training = training_clips(
            [clip.path for clip, _ in self._clips],
            make_extractor(config, rate, front_end=front_end),
            [origin for _, origin in self._clips],
            [clip.key for clip, _ in self._clips],
        )
        front_end.learn(training, rate, jobs=self._jobs, folder=place, stage=self._stage)
