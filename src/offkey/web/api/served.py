"""Models that are served, by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offkey.errors import UsageError
from offkey.model import Model, load
from offkey.web.failures import PageError

__all__ = ["ServedModels"]


class ServedModels:
    """Models by the names of their files, without the ending.

    `paths`: model files.

    Raises
    ------
    UsageError
        If two have the same name.
    ModelFileError
        If one is no model.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._models: dict[str, Model] = {}
        for path in paths:
            if path.stem in self._models:
                raise UsageError(f"Two models are called {path.stem!r}: rename the file {path}.")
            self._models[path.stem] = load(path)

    def names(self) -> list[str]:
        """Return the names in the order of the files."""
        return list(self._models)

    def __getitem__(self, name: str) -> Model:
        if name not in self._models:
            raise PageError(404, f"There is no model {name[:100]!r}: /api/models lists those that are served.")
        return self._models[name]
