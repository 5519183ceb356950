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
from offkey.datasets.layout import check_root, chosen_machines, contents
from offkey.datasets.names import ABOVE_MACHINES, parse_name
from offkey.datasets.path_labels import path_label
from offkey.datasets.table import make_table
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
        names = chosen_machines([row["machine"] for row in rows if row["machine"]], machines, root)
        rows = [row for row in rows if row["machine"] in names]
    return make_table(rows)


def _row(clip: Path, root: Path) -> Row:
    named = parse_name(clip, root=root)
    by_name = path_label(clip, [root])
    label = by_name.label if by_name else "normal" if named.split == "train" else None
    return {
        "file": str(clip),
        "machine": _machine(clip.relative_to(root).parts[:-1]) or named.machine,
        "section": named.section,
        "domain": named.domain,
        "split": named.split,
        "label": label,
        "part": named.part,
        "attributes": named.attributes,
        "supplement": named.supplement,
        "snr_db": named.snr_db,
    }


def _machine(folders: Sequence[str]) -> str | None:
    """Return the folders above the first one that names a split, a label or an id."""
    for level, folder in enumerate(folders):
        named = parse_name(f"{folder}/clip.wav")
        if named.split or named.section or label_of_folder(folder):
            above = folders[:level]
            while above and above[0].lower() in ABOVE_MACHINES:
                above = above[1:]
            return "/".join(above) or None
    return None
