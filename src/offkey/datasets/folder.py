"""A plain folder: ``normal/``, ``anomaly/`` or ``abnormal/``, ``train/``, ``test/``, in any order and depth.

``ROOT/[machine/][id_00/][train|test/][normal|anomaly/]clip.wav``: folders above the first of these words name
the machine (``line 3/pump``), folders below the last are only looked through. Clips in ``train/`` without
a label are normal, because training is on normal clips alone. Official file names are understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.audio.find import unread_notes
from offkey.audio.walk import walk
from offkey.datasets.dcase import Row
from offkey.datasets.label_words import label_of_folder
from offkey.datasets.layout import check_root, contents, only
from offkey.datasets.names import ABOVE_MACHINES, parse_name
from offkey.datasets.table import make_table
from offkey.datasets.told_labels import told_label
from offkey.errors import DataError
from offkey.suffixes import clip_suffixes

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read"]


def read(root: Path, *, machines: Sequence[str] | None = None) -> pl.DataFrame:
    """Read the folder; parameters and errors as in `offkey.datasets.readers.read_dataset`."""
    check_root(root)
    folders = list(walk(root))
    rows = [_row(clip, root) for folder in folders for clip in folder.clips]
    if not rows:
        endings = " ".join(sorted(clip_suffixes()))
        also = "".join(f" {note}" for note in unread_notes(file for folder in folders for file in folder.unread))
        raise DataError(
            f"No clip was found under {root}: expected files ending in {endings}; found {contents(root)}.{also}"
        )
    if machines is not None:
        names = only([row["machine"] for row in rows if row["machine"]], machines, root)
        rows = [row for row in rows if row["machine"] in names]
    return make_table(rows)


def _row(clip: Path, root: Path) -> Row:
    told = parse_name(clip, root=root)
    by_name = told_label(clip, [root])
    label = by_name.label if by_name else "normal" if told.split == "train" else None
    return {
        "file": str(clip),
        "machine": _machine(clip.relative_to(root).parts[:-1]) or told.machine,
        "section": told.section,
        "domain": told.domain,
        "split": told.split,
        "label": label,
        "part": told.part,
        "attributes": told.attributes,
        "supplement": told.supplement,
        "snr_db": told.snr_db,
    }


def _machine(folders: Sequence[str]) -> str | None:
    """Return the folders above the first one that tells a split, a label or an id."""
    for level, folder in enumerate(folders):
        told = parse_name(f"{folder}/clip.wav")
        if told.split or told.section or label_of_folder(folder):
            above = folders[:level]
            while above and above[0].lower() in ABOVE_MACHINES:
                above = above[1:]
            return "/".join(above) or None
    return None
