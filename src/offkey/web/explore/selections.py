"""Groups of clips that were drawn round on the map, kept in the cache so that an address to one stays good."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from offkey.web.explore.cache import Cache
from offkey.web.explore.library import Library
from offkey.web.failures import PageError

__all__ = ["Selections"]

_NAME = re.compile(r"[0-9a-f]{16}")


class Selections:
    """Groups of clips by name, kept in the cache."""

    def __init__(self, cache: Cache, library: Library) -> None:
        self._cache, self._known = cache, set(library.ids)

    def add(self, clips: Sequence[str]) -> str:
        """Keep a group, and return its name, which is the same for the same clips."""
        there = sorted(self._known.intersection(clips))
        if not there:
            raise PageError(400, "A selection must hold at least one clip of this data set; found none.")
        name = hashlib.blake2b("\n".join(there).encode(), digest_size=8).hexdigest()
        self._cache.write_json(f"selections/{name}", there)
        return name

    def get(self, name: str) -> list[str]:
        """Return the clips of a group."""
        clips = self._cache.read_json(f"selections/{name}") if _NAME.fullmatch(name) else None
        if not isinstance(clips, list):
            raise PageError(404, "This selection is not kept any more: draw it on the map again.")
        return [str(clip) for clip in clips]
