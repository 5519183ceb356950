"""The cache of the explorer, in a folder that belongs to one data set.

========================= ========================================================================
file                      content
========================= ========================================================================
``measured/``             what was measured, in parts: a clip that changed since is measured again
``windows-<digest>/``     the scores of windows by one model, in parts
``*.json``                what pages keep, sealed
========================= ========================================================================

Beside them lie files for other programs, see `offkey.web.explore.for_others`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from offkey.errors import OffkeyError
from offkey.files import atomic_text
from offkey.work.keyed_store import KeyedStore
from offkey.work.seals import json_seal

__all__ = ["Cache", "default_folder"]


class Cache:
    """The folder with the measurements of one data set, made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def store(self, name: str, schema: Mapping[str, Any]) -> KeyedStore:
        """Open a store in it; an OffkeyError says that it cannot be made."""
        try:
            return KeyedStore(str(self.folder / name), schema)
        except OffkeyError as error:
            raise self._unwritable(str(error).removesuffix(".")) from error

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file, None if there is none, or it is not as it was written."""
        try:
            kept = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
            return kept["content"] if kept["seal"] == json_seal(kept["content"], name) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file."""
        try:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        with atomic_text(self.folder / f"{name}.json") as file:
            json.dump({"seal": json_seal(content, name), "content": content}, file)

    def _unwritable(self, why: str) -> OffkeyError:
        return OffkeyError(f"The cache {self.folder} cannot be written: {why}; see --cache.")


def default_folder(dataset: str, root: Path) -> Path:
    """Return the folder of a data set in the user's own cache, ``~/.cache/offkey/explore/...`` on Linux."""
    base = platformdirs.user_cache_path("offkey", appauthor=False, opinion=False)
    digest = hashlib.blake2b(f"{dataset}\n{os.fsencode(root)!r}".encode(), digest_size=8).hexdigest()
    return base / "explore" / f"{root.name or 'root'}-{digest}"
