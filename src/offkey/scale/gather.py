"""The rows of a run, in the order of its clips, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import OffkeyError
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model.result import Result
from offkey.scale.jobs import feature_schema, score_schema
from offkey.scale.run import Done
from offkey.work.folders import Folder, open_folder
from offkey.work.parquet import read_parquet

if TYPE_CHECKING:
    import polars as pl

__all__ = ["clips_of", "features", "part", "results", "tables"]


def tables(done: Done, schema: Mapping[str, Any] | None = None) -> Iterator[pl.DataFrame]:
    """Yield the parts of a run, in order; see `part`."""
    folder = open_folder(done.folder)
    for shard in done.shards:
        yield part(folder, shard.part, schema)


def part(folder: Folder, name: str, schema: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Return a part.

    Parameters
    ----------
    folder : Folder
        Where it lies.
    name : str
        Its name.
    schema : mapping of str to polars type, optional
        The columns that it must have.

    Raises
    ------
    OffkeyError
        If it was deleted or damaged since it was written, or is of another run.
    """
    content = folder.read(name)
    try:
        if content is None:
            raise ValueError("it is gone")
        return read_parquet(content, name, schema)
    except ValueError as error:
        raise OffkeyError(
            f"The part {folder.name}/{name} cannot be read ({error}): delete it, and give the same command again."
        ) from error


def results(done: Done) -> Iterator[Result]:
    """Yield the results of a run that scored, in order."""
    for table in tables(done, score_schema()):
        for row in table.iter_rows(named=True):
            yield Result(**{**row, "traits": None if row["traits"] is None else tuple(row["traits"])})


def features(done: Done) -> Iterator[ClipFeatures]:
    """Yield the features of a run that extracted them, a clip at a time, in order."""
    for table in tables(done, feature_schema()):
        yield from clips_of(table)


def clips_of(table: pl.DataFrame) -> Iterator[ClipFeatures]:
    """Yield the clips of a table of features; see `offkey.scale.jobs.feature_table`."""
    clip: ClipFeatures | None = None
    vectors, parts, marks = table["vector"], table["shorter"], table["fingerprint"].to_list()
    for number, (file, digest, start_s, end_s, error, traits) in enumerate(
        table.drop("vector", "shorter", "fingerprint").iter_rows()
    ):
        if clip is None or clip.name != file:
            if clip is not None:
                yield clip
            clip = ClipFeatures(file, [], digest)
        vector, of_parts = (_copy(column[number]) for column in (vectors, parts))
        shorter = None if vector is None or of_parts is None else of_parts.reshape(-1, len(vector))
        mark = None if marks[number] is None else np.frombuffer(marks[number], np.int8).reshape(4, -1)
        measured = None if traits is None else tuple(traits)
        clip.windows.append(WindowFeatures(start_s, end_s, vector, error, shorter, mark, measured))
    if clip is not None:
        yield clip


def _copy(numbers: pl.Series | None) -> NDArray[np.float32] | None:
    """Return a copy, so that the table is let go."""
    return None if numbers is None else np.array(numbers, dtype=np.float32)
