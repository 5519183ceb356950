"""What the editions of DCASE Challenge Task 2 have in common: from folders to rows of the table.

Under ``<machine>/`` lie ``train/``, ``test/`` (2021: ``source_test/`` and ``target_test/``) and since 2025
``supplemental/``; all else stands in the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from offkey.datasets.ground_truth import match_names, read_ground_truth
from offkey.datasets.layout import MachineFolder, clips_in, machine_folders
from offkey.datasets.names import parse_name
from offkey.datasets.published import part_of
from offkey.errors import DataError

__all__ = ["EditionLayout", "Row", "read_rows"]

Row = dict[str, Any]


@dataclass(frozen=True)
class EditionLayout:
    """How an edition names its clips.

    Parameters
    ----------
    dataset : str
        Name of the data set: ``"dcase2020"``.
    form : str
        ``"id"`` for ``normal_id_01_00000000.wav``, ``"section"`` for ``section_00_...``.
    channel, noise_channel : int or None
        Which channel the official baseline hears, and which one hears the surroundings.
    """

    dataset: str
    form: Literal["id", "section"]
    channel: int | None = None
    noise_channel: int | None = None


def read_rows(
    layout: EditionLayout,
    root: Path,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
) -> list[Row]:
    """Read the clips of an edition.

    Parameters
    ----------
    layout : EditionLayout
        The edition.
    root : Path
        As in `offkey.datasets.layout.machine_folders`.
    machines : sequence of str, optional
        Only these.
    ground_truth : path, optional
        The organisers' ground truth, which tells labels and domains of evaluation clips by name.

    Returns
    -------
    list of dict
        A row a clip; files whose names are not of the edition are left out.

    Raises
    ------
    DataError
        If no clip of the edition is there, one is there twice, or clips and ground truth do not fit.
    """
    folders = machine_folders(root, machines)
    rows = [row for folder in folders for row in _machine_rows(layout, folder)]
    if not rows:
        example = next((clip.name for folder in folders for split in folder.splits() for clip in clips_in(split)), None)
        expected = "normal_id_01_00000000.wav" if layout.form == "id" else "section_00_source_train_normal_0000.wav"
        found = "no sound file at all" if example is None else f"names such as {example}"
        raise DataError(f"No clip under {root} is named as in {layout.dataset}, such as {expected}; found {found}.")
    _check_once(rows)
    if ground_truth is not None:
        _tell_truth(rows, ground_truth)
    return rows


def _machine_rows(layout: EditionLayout, folder: MachineFolder) -> list[Row]:
    rows = []
    for split in folder.splits():
        for clip in clips_in(split):
            if (layout.form == "section") != clip.name.lower().startswith("section_"):
                continue
            told = parse_name(f"{folder.machine}/{split.name}/{clip.name}")
            if told.section is None:
                continue
            part = part_of(layout.dataset, folder.machine, told.section) or folder.part
            rows.append(
                {
                    "file": str(clip),
                    "machine": folder.machine,
                    "section": told.section,
                    "domain": told.domain,
                    "split": told.split,
                    "label": told.label,
                    "part": "additional" if part == "eval" and told.split != "test" else part,
                    "attributes": told.attributes,
                    "supplement": told.supplement,
                    "channel": layout.channel,
                    "noise_channel": layout.noise_channel,
                }
            )
    return rows


def _check_once(rows: list[Row]) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for row in rows:
        path = Path(row["file"])
        key = (row["machine"], path.parent.name.lower(), path.name)
        if key in seen:
            raise DataError(
                f"The clip {path} is there twice, also as {seen[key]}: name a folder that holds the set once."
            )
        seen[key] = row["file"]


def _tell_truth(rows: list[Row], ground_truth: str | PathLike[str]) -> None:
    """Write labels and domains of the organisers into the rows of the evaluation's test clips."""
    truths = read_ground_truth(ground_truth)
    secret: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["part"] == "eval" and row["split"] == "test" and row["label"] is None:
            secret.setdefault((row["machine"], row["section"]), []).append(row)
    for (machine, section), clips in secret.items():
        if (machine, section) not in truths:
            there = ", ".join(f"{m} {s}" for m, s in truths)
            raise DataError(f"The ground truth {ground_truth} has no {machine} section {section}: it has {there}.")
        by_name = {Path(row["file"]).name: row for row in clips}
        what = f"The evaluation clips of {machine} section {section} in {Path(clips[0]['file']).parent}"
        names = [Path(row["file"]).name for row in clips]
        for name, truth in match_names(names, truths[machine, section], what=what).items():
            by_name[name]["label"] = ("normal", "anomaly")[truth.label]
            by_name[name]["domain"] = truth.domain or by_name[name]["domain"]
