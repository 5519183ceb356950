"""Kept features of clips, in memory or in a store, so that none is read twice in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from offkey.experiments.cell import Clip, sources
from offkey.experiments.reading import Reading
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.feature_store import cut_for_store, extract_into, feature_store, load_features
from offkey.work.executor import Executor
from offkey.work.keyed_store import KeyedStore
from offkey.work.parts import Part

__all__ = ["InMemory", "InStore", "KeptFeatures", "load_clips"]


class KeptFeatures(Protocol):
    """Features by reading and clip."""

    def missing(self, reading: Reading, clips: Iterable[Clip]) -> list[Clip]:
        """Return the clips that are still to be read, each once."""
        ...

    def read(self, reading: Reading, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None]) -> None:
        """Read clips that are missing; call `advance` after each."""
        ...

    def load(self, reading: Reading, clips: Sequence[Clip]) -> list[ClipFeatures]:
        """Return the features of clips that are not missing, named as the clips are."""
        ...


class InMemory:
    """Features that are gone when the work is done."""

    def __init__(self) -> None:
        self._clips: dict[tuple[str, str], ClipFeatures] = {}

    def missing(self, reading: Reading, clips: Iterable[Clip]) -> list[Clip]:
        """Return the clips that are still to be read, each once."""
        return [clip for key, clip in _by_key(clips).items() if (reading.name, key) not in self._clips]

    def read(self, reading: Reading, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None]) -> None:
        """Read clips that are missing; call `advance` after each."""
        found = reading.extractor().extract_all(sources(clips), jobs=jobs, advance=advance)
        for clip, features in zip(clips, found, strict=True):
            self._clips[reading.name, clip.key] = features

    def load(self, reading: Reading, clips: Sequence[Clip]) -> list[ClipFeatures]:
        """Return the features of clips that are not missing, named as the clips are."""
        return [replace(self._clips[reading.name, clip.key], name=clip.name) for clip in clips]


class InStore:
    """Features in a folder for each reading.

    `executor`: the executor that reads; by default threads of this process.
    """

    def __init__(self, folder: str, executor: Executor | None = None) -> None:
        self._folder, self._executor = folder, executor
        self._stores: dict[str, KeyedStore] = {}

    def missing(self, reading: Reading, clips: Iterable[Clip]) -> list[Clip]:
        """Return the clips that are still to be read, each once."""
        by_key = _by_key(clips)
        return [by_key[key] for key in self._store(reading).missing(by_key)]

    def read(self, reading: Reading, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None]) -> None:
        """Read clips that are missing; call `advance` after each."""
        store = self._store(reading)
        if self._executor is None:
            _extract(store, reading, clips, jobs=jobs, advance=advance)
            return
        parts = cut_for_store(clips)

        def done(part: Part[Clip]) -> None:
            for _ in part.items:
                advance()

        self._executor.run(_Extraction(store.folder, reading), parts, done)
        for part in parts:
            store.remember(clip.key for clip in part.items)

    def load(self, reading: Reading, clips: Sequence[Clip]) -> list[ClipFeatures]:
        """Return the features of clips that are not missing, named as the clips are."""
        return load_clips(self._store(reading), clips)

    def places(self, reading: Reading, clips: Iterable[Clip]) -> tuple[str, Mapping[str, str]]:
        """Return the folder of a reading, and in which of its parts clips lie, by key."""
        store = self._store(reading)
        return store.folder, store.places(clip.key for clip in clips)

    def _store(self, reading: Reading) -> KeyedStore:
        if reading.name not in self._stores:
            self._stores[reading.name] = feature_store(f"{self._folder}/{reading.name}")
        return self._stores[reading.name]


@dataclass(frozen=True)
class _Extraction:
    """Reads the clips of a part in a worker, and writes that part."""

    folder: str
    reading: Reading

    def __call__(self, part: Part[Clip]) -> None:
        _extract(feature_store(self.folder, places={}), self.reading, part.items, jobs=1)


def load_clips(store: KeyedStore, clips: Sequence[Clip]) -> list[ClipFeatures]:
    """Return the features of clips out of a store, named as the clips are."""
    found = load_features(store, [clip.key for clip in clips])
    return [replace(found[clip.key], name=clip.name) for clip in clips]


def _extract(
    store: KeyedStore, reading: Reading, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None] | None = None
) -> None:
    keys = [clip.key for clip in clips]
    extract_into(store, reading.extractor(digest=True), keys, sources(clips), jobs=jobs, advance=advance)


def _by_key(clips: Iterable[Clip]) -> dict[str, Clip]:
    return {clip.key: clip for clip in clips}
