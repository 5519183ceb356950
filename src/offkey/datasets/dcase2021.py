"""DCASE 2021 Challenge Task 2 and sets of its form: sections, and a folder a domain for testing.

``<machine>/train/section_00_source_train_normal_0000_<attributes>.wav``,
``<machine>/source_test/section_00_source_test_normal_0000.wav`` and ``target_test/``; in the evaluation
``section_03_source_test_0000.wav``, whose domain shows and whose label is secret. MIMII DUE is the same
data, and ToyADMOS2's mixer writes the same form, with five digits and its own sections.

Sources: the organisers' baseline, github.com/y-kawagu/dcase2021_task2_baseline_ae; Harada et al.,
ToyADMOS2 (DCASE Workshop 2021) and its user's manual, github.com/nttcslab/ToyADMOS2-dataset.
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

__all__ = ["read", "read_toyadmos2"]


def read(
    root: Path, *, machines: Sequence[str] | None = None, ground_truth: str | PathLike[str] | None = None
) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    return make_table(read_rows(EditionLayout("dcase2021", "section"), root, machines, ground_truth))


def read_toyadmos2(root: Path, *, machines: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a set that ToyADMOS2's mixer wrote.

    The recordings that are published are its raw material, in MP4 files, and are no clips: a recipe
    and the organisers' mixer make a set of them.
    """
    return make_table(read_rows(EditionLayout("toyadmos2", "section"), root, machines))
