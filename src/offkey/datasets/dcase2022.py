"""DCASE 2022 Challenge Task 2 and MIMII DG: sections, one test folder, secret domains.

``<machine>/train/section_00_source_train_normal_0000_<attributes>.wav``,
``<machine>/test/section_00_target_test_anomaly_0000_<attributes>.wav``; in the evaluation
``section_03_0000.wav``, whose domain and label are secret. ``attributes_00.csv`` lies beside ``train``.

Source: the organisers' baseline, github.com/Kota-Dohi/dcase2022_task2_baseline_ae.
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

_LAYOUT = EditionLayout("dcase2022", "section")


def read(
    root: Path, *, machines: Sequence[str] | None = None, ground_truth: str | PathLike[str] | None = None
) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    return make_table(read_rows(_LAYOUT, root, machines, ground_truth))
