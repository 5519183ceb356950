"""A store of parts: tables in a folder, here or in an object store, each written whole or not at all and sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.errors import OffkeyError
from offkey.work.folders import open_folder
from offkey.work.parquet import parquet, read_parquet

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ENDING", "Store"]

ENDING = ".parquet"
"""The ending of the names of parts."""


class Store:
    """Parts by name.

    `folder`: path or URL; it is made if it does not exist.
    `schema`: the columns that each part must have.
    `bound`: whether parts belong to a folder of this name alone. Where their names say all that they depend on, they
        need not.
    """

    def __init__(self, folder: str, schema: Mapping[str, Any] | None = None, *, bound: bool = False) -> None:
        self._folder, self._schema = open_folder(folder), schema
        self._bound_to = f"{Path(folder).name}/" if bound else ""

    @property
    def name(self) -> str:
        """The name in messages."""
        return self._folder.name

    def names(self) -> set[str]:
        """Return the names of its parts."""
        return {name for name in self._folder.names() if name.endswith(ENDING)}

    def write(self, name: str, table: pl.DataFrame) -> None:
        """Write a part, whole or not at all."""
        self._folder.write(name, parquet(table, self._bound_to + name))

    def read(self, name: str) -> pl.DataFrame:
        """Return a part; an OffkeyError says that it is gone or damaged, or was written elsewhere."""
        content = self._folder.read(name)
        try:
            if content is None:
                raise ValueError("it is gone")
            return self._table(content, name)
        except ValueError as error:
            raise OffkeyError(
                f"The part {self.name}/{name} cannot be read ({error}): delete it, and give the same command again."
            ) from error

    def find_column(self, name: str, column: str) -> list[Any] | None:
        """Return a column of a part; None if the part is gone or damaged, or was written elsewhere."""
        content = self._folder.read(name)
        try:
            return None if content is None else self._table(content, name, [column])[column].to_list()
        except ValueError:
            return None

    def read_all(self, names: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Yield parts, one at a time; see `read`."""
        return map(self.read, names)

    def _table(self, content: bytes, name: str, columns: list[str] | None = None) -> pl.DataFrame:
        return read_parquet(content, self._bound_to + name, self._schema, columns)
