"""Cells: the clips that one model is fitted and tested on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from offkey.audio import Channel, RemoteRecording
from offkey.hearing.identity import Identity
from offkey.hearing.source import Source
from offkey.tables import path_of, path_text

__all__ = ["PART_NAMES", "Cell", "CellKey", "Clip", "SetPart", "Supplemental", "clips_of", "sources"]

SetPart: TypeAlias = Literal["dev", "eval"]
"""The development set, or the evaluation set with its additional training clips."""

PART_NAMES = {"dev": "development set", "eval": "evaluation set"}
"""The parts of an edition, in words."""

Supplemental: TypeAlias = Literal["ignore", "use"]
"""The use of supplemental clips."""


@dataclass(frozen=True)
class Clip:
    """A clip of the data set.

    `key`: what tells the clip apart from others and from what lay there before: name, size and time of the last change.
    """

    path: Path
    name: str  # its path from the data set's folder, with slashes; else the path as the table of clips has it
    domain: str | None  # ``"source"``, ``"target"``, or None where it is unknown
    label: int | None  # 0 for normal, 1 for anomaly, None where it is secret
    key: str
    attributes: str | None = None
    url: str | None = None  # where it lies if that is an object store; then nothing lies at `path`

    @property
    def text(self) -> str:
        """The name in messages."""
        return self.name


def clips_of(rows: Iterable[Mapping[str, Any]], folder: Path | None = None) -> tuple[Clip, ...]:
    """Return the clips of rows of a table; with a folder they are named by their paths from there."""
    labels = {"normal": 0, "anomaly": 1}
    clips = []
    for row in rows:
        path, name = path_of(row["file"]), row["file"]
        if folder is not None:
            inside = path.relative_to(folder) if path.is_relative_to(folder) else path
            name = path_text(inside).replace(os.sep, "/")
        label = labels.get(row["label"])
        clips.append(Clip(path, name, row["domain"], label, Identity.of_file(path, name).text_key, row["attributes"]))
    return tuple(clips)


def sources(clips: Sequence[Clip]) -> Iterable[Source]:
    """Return clips as they are read; those in a store one after the other, since each is kept as long as it is held."""
    if any(clip.url is not None for clip in clips):
        return (clip.path if clip.url is None else RemoteRecording(clip.url) for clip in clips)
    return [clip.path for clip in clips]


class CellKey(NamedTuple):
    """The key of a cell, as it stands in the files of runs."""

    part: str  # {"dev", "eval"}; the set that it belongs to
    machine: str | None
    section: str | None
    snr_db: float | None  # Signal-to-noise ratio in dB, where the set has several

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CellKey:
        """Return the key that a row of results or scores has in its columns."""
        return cls(*(row[name] for name in cls._fields))

    @property
    def name(self) -> str:
        """The name in messages: ``fan 00``, ``fan 00 at -6 dB``."""
        return self.named("the machine")

    def named(self, nameless: str) -> str:
        """Return its name, where it has neither machine nor section that which is given."""
        name = " ".join(part for part in (self.machine, self.section) if part) or nameless
        return name if self.snr_db is None else f"{name} at {self.snr_db:g} dB"


@dataclass(frozen=True)
class Cell:
    """The clips that one model is fitted and tested on."""

    part: SetPart  # {"dev", "eval"}; the set that it belongs to
    machine: str | None
    section: str | None
    snr_db: float | None  # Signal-to-noise ratio in dB, where the set has several
    train: tuple[Clip, ...]
    test: tuple[Clip, ...]
    noise: tuple[Clip, ...] = ()  # clips of noise alone, where they are to be used
    channel: Channel = 0

    @property
    def name(self) -> str:
        """The name in messages: ``fan 00``, ``fan 00 at -6 dB``."""
        return self.key.name

    @property
    def title(self) -> str:
        """The name in tables."""
        return self.key.named("all clips")

    @property
    def id(self) -> tuple[str | None, str | None]:
        """Machine and section."""
        return self.machine, self.section

    @property
    def key(self) -> CellKey:
        """The key that no other cell has."""
        return CellKey(self.part, self.machine, self.section, self.snr_db)

    @property
    def clips(self) -> tuple[Clip, ...]:
        """All its clips."""
        return (*self.train, *self.test, *self.noise)

    @property
    def domains(self) -> list[str] | None:
        """The domain of each training clip, None unless all are known and there are several."""
        known = [clip.domain for clip in self.train if clip.domain is not None]
        return known if len(known) == len(self.train) and len(set(known)) > 1 else None
