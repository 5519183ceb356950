"""The features of clips as a table: one row per clip or window, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.hearing.batch import ClipFeatures, WindowFeatures

if TYPE_CHECKING:
    import polars as pl

__all__ = ["clips_of", "feature_schema", "feature_table"]


def feature_schema() -> dict[str, Any]:
    """Return the columns of features and their types."""
    from offkey.tables.polars_extra import pl

    return {
        "file": pl.String,
        "digest": pl.String,
        "start_s": pl.Float64,
        "end_s": pl.Float64,
        "vector": pl.List(pl.Float32),
        "error": pl.String,
        "shorter": pl.List(pl.Float32),
        "fingerprint": pl.Binary,
        "traits": pl.List(pl.Float64),
    }


def feature_table(clips: Iterable[ClipFeatures]) -> pl.DataFrame:
    """Return the features of clips as a table with the columns of `feature_schema`.

    In ``shorter`` the features of the shorter parts of a clip stand one after the other.
    """
    from offkey.tables.polars_extra import pl

    rows: dict[str, list[Any]] = {name: [] for name in feature_schema()}
    for clip in clips:
        for window in clip.windows:
            vector = None if window.vector is None else pl.Series(window.vector)
            shorter = None if window.shorter is None else pl.Series(window.shorter.reshape(-1))
            mark = None if window.fingerprint is None else window.fingerprint.tobytes()
            about = (clip.name, clip.digest, window.start_s, window.end_s)
            values = (*about, vector, window.error, shorter, mark, window.traits)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return pl.DataFrame(rows, schema=feature_schema())


def clips_of(table: pl.DataFrame, by: str = "file") -> Iterator[ClipFeatures]:
    """Yield the clips of a table that `feature_table` made; a column says which rows belong together."""
    clip, before = ClipFeatures(""), None
    vectors, parts, marks = table["vector"], table["shorter"], table["fingerprint"].to_list()
    columns = table.select("file", "digest", "start_s", "end_s", "error", "traits")
    for number, (this, (file, digest, start_s, end_s, error, traits)) in enumerate(
        zip(table[by].to_list(), columns.iter_rows(), strict=True)
    ):
        if this != before:
            if clip.windows:
                yield clip
            clip, before = ClipFeatures(file, [], digest), this
        vector, of_parts = (_copy(column[number]) for column in (vectors, parts))
        shorter = None if vector is None or of_parts is None else of_parts.reshape(-1, len(vector))
        mark = None if marks[number] is None else np.frombuffer(marks[number], np.int8).reshape(4, -1)
        measured = None if traits is None else tuple(traits)
        clip.windows.append(WindowFeatures(start_s, end_s, vector, error, shorter, mark, measured))
    if clip.windows:
        yield clip


def _copy(numbers: pl.Series | None) -> NDArray[np.float32] | None:
    """Return a copy, so that the table is let go."""
    return None if numbers is None else np.array(numbers, dtype=np.float32)
