"""The store of results by key, so that nothing is worked out twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from offkey.work.store import ENDING, Store

if TYPE_CHECKING:
    import polars as pl

__all__ = ["KEY", "KeyedStore", "part_of"]

KEY = "key"
"""The column of each part that says what a row is of."""


class KeyedStore:
    """Rows by key, in a folder of parts that belongs to them alone.

    Rows of a key are never changed: what is of another state has another key. Parts that are damaged, or were written
    elsewhere, count as not there.

    `folder`: path or URL, made if it does not exist. Its name says how rows were worked out.
    `places`: the part of each key, where they are known; by default all parts are looked at.
    """

    def __init__(self, folder: str, schema: Mapping[str, Any], places: Mapping[str, str] | None = None) -> None:
        from offkey.tables.polars_extra import pl

        self.folder = folder
        self._store = Store(folder, {KEY: pl.String, **schema}, bound=True)
        self._places = dict(self._found() if places is None else places)

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of which there are no rows, each once."""
        return [key for key in dict.fromkeys(keys) if key not in self._places]

    def keys(self) -> list[str]:
        """Return the keys of which there are rows."""
        return list(self._places)

    def write(self, table: pl.DataFrame) -> None:
        """Keep rows in one part; those of a key stand together."""
        keys = table[KEY].unique(maintain_order=True).to_list()
        self._store.write(part_of(keys), table)
        self.remember(keys)

    def remember(self, keys: Iterable[str]) -> None:
        """Take in keys whose rows were written meanwhile in one part, by another process."""
        members = list(keys)
        self._places.update(dict.fromkeys(members, part_of(members)))

    def places(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the part of each key that is not missing."""
        return {key: self._places[key] for key in keys if key in self._places}

    def tables(self, keys: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Yield the rows of keys that are not missing, with the key, a part at a time."""
        by_part: dict[str, list[str]] = {}
        for key, part in self.places(keys).items():
            by_part.setdefault(part, []).append(key)
        for part, members in by_part.items():
            table = self._store.read(part)
            yield table.filter(table[KEY].is_in(members))

    def _found(self) -> Iterator[tuple[str, str]]:
        """Yield each key that is there, and its part."""
        for part in sorted(self._store.names()):
            keys = self._store.find_column(part, KEY)
            yield from ((key, part) for key in keys or ())


def part_of(keys: Iterable[str]) -> str:
    """Return the name of the part of some keys: a digest of them, so that working them out twice leaves one file."""
    return f"{hashlib.sha256(json.dumps(list(keys)).encode()).hexdigest()[:16]}{ENDING}"
