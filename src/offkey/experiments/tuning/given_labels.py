"""Labels from a file for test clips that have none of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from offkey.errors import DataError
from offkey.evaluation.labels import match_known

if TYPE_CHECKING:
    import polars as pl

__all__ = ["with_labels"]


def with_labels(table: pl.DataFrame, given: Mapping[str, int]) -> pl.DataFrame:
    """Give the test clips without a label that of a file; all others stay as they are.

    `table`: the set, as `offkey.datasets.readers.read_dataset` gives it. A clip of no split becomes a test clip with
        its label; one that the file does not label stays as it is.
    `given`: labels by file, 0 or 1, as `offkey.evaluation.labels.read_labels` returns them.
    """
    from offkey.tables.polars_extra import pl

    rows = table.select("file", "split", "label").rows()
    places = [place for place, (_, split, label) in enumerate(rows) if split in (None, "test") and label is None]
    if not places:
        raise DataError("Labels are given in a file, but there is no test clip without a label.")
    values, _ = match_known([rows[place][0] for place in places], given)
    found = {place: value for place, value in zip(places, values, strict=True) if value is not None}
    words = {0: "normal", 1: "anomaly"}
    labels = [words[found[place]] if place in found else row[2] for place, row in enumerate(rows)]
    splits = ["test" if place in found else row[1] for place, row in enumerate(rows)]
    return table.with_columns(pl.Series("label", labels, pl.String), pl.Series("split", splits, pl.String))
