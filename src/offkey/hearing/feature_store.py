"""The features of clips in a store, so that an extractor reads a clip once, however often the work breaks off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from offkey.hearing.batch import ClipFeatures
from offkey.hearing.clip_table import clips_of, feature_schema, feature_table
from offkey.hearing.extractor import Extractor
from offkey.hearing.source import Source
from offkey.work.keyed_store import KEY, KeyedStore, part_of
from offkey.work.parts import AnItem, Part, cut

if TYPE_CHECKING:
    import polars as pl

__all__ = ["PART_CLIPS", "cut_for_store", "extract_into", "feature_store", "load_features"]

PART_CLIPS = 128
"""Clips of a part."""


def feature_store(folder: str, places: Mapping[str, str] | None = None) -> KeyedStore:
    """Open the store of one extractor's features; the name of its folder must say how clips are read."""
    return KeyedStore(folder, feature_schema(), places)


def cut_for_store(clips: Sequence[AnItem]) -> list[Part[AnItem]]:
    """Cut clips into the parts that `extract_into` makes of them, for others to do one by one."""
    return cut(clips, PART_CLIPS, lambda _number, some: part_of(clip.key for clip in some))


def extract_into(
    store: KeyedStore,
    extractor: Extractor,
    keys: Sequence[str],
    sources: Iterable[Source],
    *,
    jobs: int,
    advance: Callable[[], None] | None = None,
) -> None:
    """Extract the features of clips into a store; where that breaks off, what was read is kept too."""
    read: dict[str, ClipFeatures] = {}
    try:
        for key, clip in zip(keys, extractor.extract_all(sources, jobs=jobs, advance=advance), strict=True):
            read[key] = clip
            if len(read) == PART_CLIPS:
                store.write(_table(read))
                read.clear()
    finally:
        if read:
            store.write(_table(read))


def load_features(store: KeyedStore, keys: Iterable[str]) -> dict[str, ClipFeatures]:
    """Return the features of clips by their keys."""
    found: dict[str, ClipFeatures] = {}
    for table in store.tables(keys):
        found.update(zip(table[KEY].unique(maintain_order=True), clips_of(table, by=KEY), strict=True))
    return found


def _table(clips: Mapping[str, ClipFeatures]) -> pl.DataFrame:
    """Return the features of clips as a table with their keys."""
    from offkey.tables.polars_extra import pl

    of_rows = [key for key, clip in clips.items() for _ in clip.windows]
    return feature_table(clips.values()).insert_column(0, pl.Series(KEY, of_rows, pl.String))
