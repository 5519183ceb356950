"""The rows of a run, in the order of its clips, a part at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from offkey.errors import OffkeyError
from offkey.folders import open_folder
from offkey.model.extraction import ClipFeatures, Piece
from offkey.model.model import Result
from offkey.scale.run import Done

if TYPE_CHECKING:
    import polars as pl

__all__ = ["features", "results", "tables"]


def tables(done: Done) -> Iterator[pl.DataFrame]:
    """Yield the parts of a run, in order.

    Raises
    ------
    OffkeyError
        If a part was deleted or damaged since it was written.
    """
    import polars as pl

    folder = open_folder(done.folder)
    for shard in done.shards:
        content = folder.read(shard.part)
        try:
            if content is None:
                raise ValueError("it is gone")
            yield pl.read_parquet(io.BytesIO(content))
        except (ValueError, pl.exceptions.PolarsError) as error:
            raise OffkeyError(
                f"The part {folder.name}/{shard.part} cannot be read ({error}): delete it, and give the same command "
                "again."
            ) from error


def results(done: Done) -> Iterator[Result]:
    """Yield the results of a run that scored, in order."""
    for table in tables(done):
        for row in table.iter_rows(named=True):
            yield Result(**row)


def features(done: Done) -> Iterator[ClipFeatures]:
    """Yield the features of a run that extracted them, a clip at a time, in order."""
    for table in tables(done):
        clip: ClipFeatures | None = None
        for file, digest, start_s, end_s, vector, error in table.iter_rows():
            if clip is None or clip.name != file:
                if clip is not None:
                    yield clip
                clip = ClipFeatures(file, [], digest)
            array = None if vector is None else np.asarray(vector, dtype=np.float32)
            clip.pieces.append(Piece(start_s, end_s, array, error))
        if clip is not None:
            yield clip
