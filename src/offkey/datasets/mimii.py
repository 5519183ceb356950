"""MIMII: four machines, four ids each, three signal-to-noise ratios, eight channels.

``<SNR>/<machine>/id_00/{normal,abnormal}/00000000.wav``, where the SNR is ``6dB``, ``0dB`` or ``min6dB`` (the
archives' names, ``-6_dB_fan``, are understood too). The set has no split of its own; the authors' baseline
tests on all abnormal clips and the first equally many normal ones, trains on the other normal ones, and
hears channel 0. These rules are kept here.

Source: Purohit et al., "MIMII Dataset", DCASE Workshop 2019, and the authors' baseline.py,
github.com/MIMII-hitachi/mimii_baseline.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.datasets.dcase import Row
from offkey.datasets.layout import check_root, chosen_machines, clips_in, contents, walk
from offkey.datasets.names import parse_name
from offkey.datasets.table import make_table
from offkey.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read"]

_LABEL_FOLDERS = ("normal", "abnormal")


def read(root: Path, *, machines: Sequence[str] | None = None) -> pl.DataFrame:
    """Read the set; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    check_root(root)
    groups = [_with_splits(rows) for rows in _machine_ids(root) if rows]
    if not groups:
        raise DataError(
            f"No clip of MIMII was found under {root}: expected 6dB/fan/id_00/normal/00000000.wav; "
            f"found {contents(root)}."
        )
    names = chosen_machines([rows[0]["machine"] for rows in groups], machines, root)
    return make_table(row for rows in groups for row in rows if row["machine"] in names)


def _machine_ids(root: Path) -> list[list[Row]]:
    """Return the rows of each folder ``id_00``."""
    found = []
    for folder in walk(root):
        labels = [name for name in folder.below if name.lower() in _LABEL_FOLDERS]
        named = parse_name(os.path.abspath(folder.path / "normal" / "00000000.wav"))  # noqa: PTH100, keeps links
        if not labels or named.section is None or named.machine is None:
            continue
        folder.below.clear()
        found.append(
            [
                {
                    "file": str(clip),
                    "machine": named.machine,
                    "section": named.section,
                    "label": "normal" if label.lower() == "normal" else "anomaly",
                    "part": "dev",
                    "snr_db": named.snr_db,
                    "channel": 0,
                }
                for label in labels
                for clip in clips_in(folder.path / label)
            ]
        )
    return found


def _with_splits(rows: list[Row]) -> list[Row]:
    """Test on all abnormal clips and the first equally many normal ones; train on the rest."""
    abnormal = [row for row in rows if row["label"] == "anomaly"]
    normal = [row for row in rows if row["label"] == "normal"]
    tested = normal[: len(abnormal)]
    for row in (*abnormal, *tested):
        row["split"] = "test"
    for row in normal[len(tested) :]:
        row["split"] = "train"
    return rows
