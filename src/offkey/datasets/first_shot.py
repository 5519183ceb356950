"""DCASE 2023 to 2026 Challenge Task 2, the first-shot editions: one section, new evaluation machines.

Names are those of 2022 with section 00; in the evaluation ``section_00_0005.wav``. Then came

- 2024: attributes of some machines are hidden, their names end in ``_noAttribute``; the organisers
  published the hidden ones afterwards in ``attributes_00_train_correspondence.csv`` and its like;
- 2025: ``supplemental/`` with 100 clips a machine of the machine alone or of noise alone;
- 2026: two channels, 0 near the machine and 1 far from it, and empty attributes (``..._0000_.wav``).

Source: the organisers' baseline, github.com/nttcslab/dcase2023_task2_baseline_ae; for 2026 Nishida et al.,
arXiv 2606.01578.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.datasets.correspondence import hidden_attributes
from offkey.datasets.dcase import EditionLayout, read_rows
from offkey.datasets.table import make_table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read_2023", "read_2024", "read_2025", "read_2026"]


def read_2023(
    root: Path, *, machines: Sequence[str] | None = None, ground_truth: str | PathLike[str] | None = None
) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    return make_table(read_rows(EditionLayout("dcase2023", "section"), root, machines, ground_truth))


def read_2024(
    root: Path,
    *,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    attributes: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Read the set; `attributes` is a folder with the organisers' correspondence files."""
    return _read(EditionLayout("dcase2024", "section"), root, machines, ground_truth, attributes)


def read_2025(
    root: Path,
    *,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    attributes: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Read the set; `attributes` is a folder with the organisers' correspondence files."""
    return _read(EditionLayout("dcase2025", "section"), root, machines, ground_truth, attributes)


def read_2026(
    root: Path, *, machines: Sequence[str] | None = None, ground_truth: str | PathLike[str] | None = None
) -> pl.DataFrame:
    """Read the set; the baseline hears channel 0, and channel 1 is the far microphone."""
    layout = EditionLayout("dcase2026", "section", channel=0, noise_channel=1)
    return make_table(read_rows(layout, root, machines, ground_truth))


def _read(
    layout: EditionLayout,
    root: Path,
    machines: Sequence[str] | None,
    ground_truth: str | PathLike[str] | None,
    attributes: str | PathLike[str] | None,
) -> pl.DataFrame:
    rows = read_rows(layout, root, machines, ground_truth)
    if attributes is not None:
        hidden = hidden_attributes(attributes)
        for row in rows:
            row["attributes"] = hidden.get((row["machine"], Path(row["file"]).name), row["attributes"])
    return make_table(rows)
