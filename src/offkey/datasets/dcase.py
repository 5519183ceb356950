"""The editions of DCASE Challenge Task 2, and sets of their form: from folders to the table of clips.

Under ``<machine>/`` lie ``train/``, ``test/`` (or ``source_test/`` and ``target_test/``) and ``supplemental/``;
all else stands in the names, whose form the edition's file says.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.datasets.correspondence import hidden_attributes
from offkey.datasets.editions import find_edition
from offkey.datasets.editions.edition import ClipForm
from offkey.datasets.editions.published import PublishedSet
from offkey.datasets.ground_truth import match_names, read_ground_truth
from offkey.datasets.layout import MachineFolder, clips_in, machine_folders
from offkey.datasets.names import parse_name
from offkey.datasets.table import make_table
from offkey.errors import DataError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["read_edition", "read_toyadmos2"]

Row = dict[str, Any]


def read_edition(
    dataset: str,
    root: Path,
    *,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    attributes: str | PathLike[str] | None = None,
) -> pl.DataFrame:
    """Read an edition's clips.

    `dataset`: the edition, such as ``"dcase2020"``.
    `ground_truth`: the organisers' ground truth, which tells labels and domains of evaluation clips by name.
    `attributes`: a folder with the organisers' correspondence files, which tell hidden attributes.
    Returns: the table of clips; files whose names are not of the edition are left out.
    """
    edition = find_edition(dataset)
    rows = _read_rows(edition, edition.clips, root, machines)
    if ground_truth is not None:
        _add_truth(rows, ground_truth)
    if attributes is not None:
        hidden = hidden_attributes(attributes)
        for row in rows:
            row["attributes"] = hidden.get((row["machine"], Path(row["file"]).name), row["attributes"])
    return make_table(rows)


def read_toyadmos2(root: Path, *, machines: Sequence[str] | None = None) -> pl.DataFrame:
    """Read a set that ToyADMOS2's mixer wrote, in the form of sections, with five digits and sections of its own.

    The recordings that are published are its raw material, in MP4 files, and are no clips: a recipe
    and the organisers' mixer make a set of them (Harada et al., ToyADMOS2, DCASE Workshop 2021, and its user's
    manual, github.com/nttcslab/ToyADMOS2-dataset).
    """
    return make_table(_read_rows(PublishedSet("toyadmos2"), ClipForm("section"), root, machines))


def _read_rows(published: PublishedSet, form: ClipForm, root: Path, machines: Sequence[str] | None) -> list[Row]:
    folders = machine_folders(root, machines)
    rows = [row for folder in folders for row in _machine_rows(published, form, folder)]
    if not rows:
        example = next((clip.name for folder in folders for split in folder.splits() for clip in clips_in(split)), None)
        expected = "normal_id_01_00000000.wav" if form.names == "id" else "section_00_source_train_normal_0000.wav"
        found = "no sound file at all" if example is None else f"names such as {example}"
        raise DataError(f"No clip under {root} is named as in {published.name}, such as {expected}; found {found}.")
    _check_once(rows)
    return rows


def _machine_rows(published: PublishedSet, form: ClipForm, folder: MachineFolder) -> list[Row]:
    rows = []
    for split in folder.splits():
        for clip in clips_in(split):
            if (form.names == "section") != clip.name.lower().startswith("section_"):
                continue
            named = parse_name(f"{folder.machine}/{split.name}/{clip.name}")
            if named.section is None:
                continue
            part = published.part_of(folder.machine, named.section) or folder.part
            rows.append(
                {
                    "file": str(clip),
                    "machine": folder.machine,
                    "section": named.section,
                    "domain": named.domain,
                    "split": named.split,
                    "label": named.label,
                    "part": "additional" if part == "eval" and named.split != "test" else part,
                    "attributes": named.attributes,
                    "supplement": named.supplement,
                    "channel": form.channel,
                    "noise_channel": form.noise_channel,
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


def _add_truth(rows: list[Row], ground_truth: str | PathLike[str]) -> None:
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
