"""Clips with the machine type and machine id of their folders and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from offkey.datasets.names import ABOVE_MACHINES, parse_name
from offkey.datasets.path_labels import PathLabel, path_label
from offkey.datasets.readers import read_dataset
from offkey.errors import DataError
from offkey.tables import path_of, path_text

__all__ = ["FoundClips", "TypedClip", "read_clips"]


@dataclass(frozen=True)
class TypedClip:
    """A clip of a known machine type."""

    path: Path
    machine_type: str  # such as "fan"
    ident: str | None = None  # machine id, None if unknown
    split: str | None = None  # as the data set says
    label: PathLabel | None = None  # None if unknown


@dataclass(frozen=True)
class FoundClips:
    """The clips of a data set, and name and reason of those left out."""

    clips: list[TypedClip]
    left_out: list[tuple[str, str]]

    def to_learn(self) -> FoundClips:
        """Return the clips to learn from: none called anomalous, and of a type with training clips only these."""
        clips, called = list[TypedClip](), list[tuple[str, str]]()
        for clip in self._of_training():
            if clip.label is not None and clip.label.label == "anomaly":
                called.append((path_text(clip.path), f"{clip.label.by} calls it anomalous"))
            else:
                clips.append(clip)
        if not clips:
            name, reason = called[0]
            raise DataError(
                f"All {len(called)} clips are called anomalous (the first, {name}: {reason}): expected normal clips."
            )
        return FoundClips(clips, [*self.left_out, *called])

    def _of_training(self) -> list[TypedClip]:
        """Return of a type that has training clips these alone, else all."""
        of_type: dict[str, list[TypedClip]] = defaultdict(list)
        for clip in self.clips:
            of_type[clip.machine_type].append(clip)
        training = {name: [clip for clip in clips if clip.split == "train"] for name, clips in of_type.items()}
        return [clip for name, clips in of_type.items() for clip in training[name] or clips]


def read_clips(
    root: str | PathLike[str], *, dataset: str = "folder", machines: Sequence[str] | None = None
) -> FoundClips:
    """List the clips of a data set with their machine types, without supplemental clips.

    In a plain folder the type is the name of a folder above ``id_00/``, ``train/``, ``normal/`` and the like, else of
    the topmost; further folders between root and clip give the id.
    """
    root = Path(root)
    of_machines = None if dataset == "folder" else machines  # a plain folder may name types where its reader sees none
    table = read_dataset(dataset, root, machines=of_machines)
    clips, left_out = [], []
    for row in table.iter_rows(named=True):
        clip = _typed(row, root if dataset == "folder" else None)
        if row["supplement"] or row["split"] == "supplemental":
            continue
        if clip is None:
            reason = f"{row['file']} lies in no folder that names a machine type: expected {root}/TYPE/clip.wav."
            left_out.append((row["file"], reason))
        elif machines is None or clip.machine_type.lower() in {name.lower() for name in machines}:
            clips.append(clip)
    if not clips:
        wanted = "" if machines is None else f" of {', '.join(machines)}"
        raise DataError(f"No clip{wanted} with a machine type was found under {root}: expected {root}/TYPE/clip.wav.")
    return FoundClips(clips, left_out)


def _typed(row: dict[str, Any], root: Path | None) -> TypedClip | None:
    path = Path(row["file"])
    folders = [] if root is None else [part for part in path.relative_to(root).parts[:-1] if not _names_clips(part)]
    machine = (row["machine"] or "").split("/")[-1] or (folders[0] if folders else None)
    if machine is None:
        return None
    words = [folder for folder in folders if folder.lower() != machine.lower()]
    ident = "/".join([*words, *([row["section"]] if row["section"] else [])])
    if root is None and row["label"]:
        label: PathLabel | None = PathLabel(row["label"], "the data set")
    else:
        label = path_label(path, [] if root is None else [root])
    return TypedClip(path_of(path), machine, ident or None, row["split"], label)


def _names_clips(folder: str) -> bool:
    """Tell whether a folder's name is a split, a label, an id or a signal-to-noise ratio."""
    named_clip = parse_name(f"{folder}/clip.wav")
    known = (named_clip.split, named_clip.label, named_clip.section, named_clip.snr_db, named_clip.part)
    return folder.lower() in ABOVE_MACHINES or any(value is not None for value in known)
