"""Matching of names with files, where one has folders or an ending that the other lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from offkey.suffixes import sound_suffix
from offkey.tables import path_parts

__all__ = ["Names"]


class Names:
    """Paths, names, or names without ending, among which files are looked up."""

    def __init__(self, names: Iterable[str]) -> None:
        self._index: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._index[_stem(name)].append(name)

    def fitting(self, file: str) -> list[str]:
        """Return the names that fit a file: by path, else by their last part."""
        return self.by_path(file) or self._same_ending(file)

    def by_path(self, file: str) -> list[str]:
        """Return the names that are the path of a file, or else those that are an end of it or end in it."""
        parts = _parts(file)
        same = [name for name in self._index.get(_stem(file), ()) if _parts(name) == parts]
        return same or [
            name for name in self._same_ending(file) if _is_end(_parts(name), parts) or _is_end(parts, _parts(name))
        ]

    def _same_ending(self, file: str) -> list[str]:
        suffix, names = _suffix(file), self._index.get(_stem(file), ())
        return [name for name in names if _suffix(name) == suffix or not (_suffix(name) and suffix)]


def _is_end(short: list[str], long: list[str]) -> bool:
    """Tell whether a path is the end of another one; the last parts are the same but for the ending."""
    return len(short) <= len(long) and (len(short) == 1 or short[:-1] == long[len(long) - len(short) : -1])


def _parts(path: str) -> list[str]:
    """Return folders and name without the blanks around them, which readers of tables take away."""
    return [part.strip() for part in path_parts(path)]


def _stem(path: str) -> str:
    name = _parts(path)[-1] if _parts(path) else ""
    return name[: len(name) - len(_suffix(path))] if _suffix(path) else name


def _suffix(path: str) -> str:
    return sound_suffix(_parts(path)[-1]).lower() if _parts(path) else ""
