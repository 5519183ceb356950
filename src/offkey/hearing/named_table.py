"""The features of clips as a table for people: one row per clip or window, one named column per feature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, cast

import numpy as np

from offkey.errors import ParameterError, UsageError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.inputs import Clips, read_clips, warn_of_unread
from offkey.hearing.source import Source, source_name
from offkey.tables import path_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["join_clips", "list_sources", "named_table", "paths_of_table"]


def list_sources(clips: Clips | pl.DataFrame, rate: int | None) -> tuple[list[Source], pl.DataFrame | None]:
    """Return the clips that a caller passes, and the table that lists them, if it is one; see `read_clips`."""
    if not _is_table(clips):
        read = read_clips(cast("Clips", clips), rate)
        warn_of_unread(read.notes)
        return read.sources, None
    if "file" not in clips.columns:
        raise ParameterError(f"A table of clips needs a column 'file'. Got {', '.join(clips.columns) or 'no column'}.")
    if not all(isinstance(file, str) for file in clips["file"].to_list()):
        raise ParameterError("The column 'file' of a table of clips must hold a path in every row.")
    if clips.is_empty():
        raise UsageError("There is no clip to work on: the table lists none.")
    return [*paths_of_table(clips)], clips


def paths_of_table(table: pl.DataFrame) -> list[Path]:
    """Return the clips that the column ``file`` of a table names, each once."""
    return list({path_of(file): None for file in table["file"].to_list()})


def named_table(
    names: Sequence[str], clips: Iterable[ClipFeatures], listed: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return features with the columns ``file``, ``start_s``, ``end_s``, ``error`` and one per feature, by its name.

    `names`: of the features.
    `clips`: the features of each clip.
    `listed`: the table that lists them, whose columns stand first; see `join_clips`.
    Returns: in the order of `listed`, else of `clips`. Where there is an ``error``, the features are null.
    """
    from offkey.tables.polars_extra import pl

    extracted = [(clip.name, window) for clip in clips for window in clip.windows]
    missing = np.zeros(len(names), np.float32)
    vectors = np.array([missing if window.vector is None else window.vector for _, window in extracted], np.float32)
    about = pl.DataFrame(
        [(file, window.start_s, window.end_s, window.error) for file, window in extracted],
        schema={"file": pl.String, "start_s": pl.Float64, "end_s": pl.Float64, "error": pl.String},
        orient="row",
    )
    features = pl.DataFrame(vectors.reshape(len(extracted), len(names)), schema=dict.fromkeys(names, pl.Float32))
    usable = about["error"].is_null()
    table = about.hstack(features.select(pl.when(usable).then(pl.all())))
    return join_clips(listed, table)


def join_clips(listed: pl.DataFrame | None, table: pl.DataFrame) -> pl.DataFrame:
    """Return what a table says of clips behind the columns of another that lists them, in the order of that.

    A column of `listed` that is one of the table's gives way to it.
    """
    from offkey.tables.polars_extra import pl

    if listed is None:
        return table
    files = pl.Series("file", [source_name(path_of(file)) for file in listed["file"].to_list()], pl.String)
    kept = listed.with_columns(files).select("file", pl.exclude(table.columns))
    return kept.join(table, on="file", how="left", maintain_order="left_right")


def _is_table(clips: Clips | pl.DataFrame) -> TypeGuard[pl.DataFrame]:
    """Tell whether clips are listed by a polars table, without loading polars."""
    return type(clips).__module__.partition(".")[0] == "polars" and hasattr(clips, "columns")
