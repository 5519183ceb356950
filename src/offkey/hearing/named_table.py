"""The features of clips as a table for people: one row per clip or window, one named column per feature."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from offkey.hearing.extractor import Extractor
from offkey.hearing.source import Source

if TYPE_CHECKING:
    import polars as pl

__all__ = ["named_table"]


def named_table(
    extractor: Extractor,
    sources: Iterable[Source],
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> pl.DataFrame:
    """Return features with the columns ``file``, ``start_s``, ``end_s``, ``error`` and one a feature, by its name.

    `jobs`: how many are heard at a time; by default one per processor.
    Returns: in the order of `sources`. Where there is an ``error``, the features are null.
    """
    from offkey.tables.polars_extra import pl

    names = extractor.front_end.feature_names(extractor.rate)
    extracted = [
        (clip.name, window)
        for clip in extractor.extract_all(sources, jobs=jobs, advance=advance)
        for window in clip.windows
    ]
    missing = np.zeros(len(names), np.float32)
    vectors = np.array([missing if window.vector is None else window.vector for _, window in extracted], np.float32)
    about = pl.DataFrame(
        [(file, window.start_s, window.end_s, window.error) for file, window in extracted],
        schema={"file": pl.String, "start_s": pl.Float64, "end_s": pl.Float64, "error": pl.String},
        orient="row",
    )
    features = pl.DataFrame(vectors.reshape(len(extracted), len(names)), schema=dict.fromkeys(names, pl.Float32))
    usable = about["error"].is_null()
    return about.hstack(features.select(pl.when(usable).then(pl.all())))
