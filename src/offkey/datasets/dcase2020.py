"""DCASE 2020 Challenge Task 2: machine ids, no domains.

``<machine>/train/normal_id_01_00000000.wav``, ``<machine>/test/{normal,anomaly}_id_01_00000000.wav``; the
evaluation's ids have ``train/normal_id_05_...`` (additional training) and ``test/id_05_00000000.wav``,
whose labels stand in the ground truth. The development ids are 00, 02, 04, 06 (ToyCar 01 to 04,
ToyConveyor 01 to 03), the evaluation's the others, so that both sets may lie in one folder.

Source: the organisers' baseline, github.com/y-kawagu/dcase2020_task2_baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.datasets.dcase import EditionLayout, read_rows
from offkey.datasets.table import make_table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read"]

_LAYOUT = EditionLayout("dcase2020", "id")


def read(
    root: Path, *, machines: Sequence[str] | None = None, ground_truth: str | PathLike[str] | None = None
) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    return make_table(read_rows(_LAYOUT, root, machines, ground_truth))
