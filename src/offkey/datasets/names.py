"""The facts in the path of a clip by the official names of all editions; never a guess.

The forms, with their sources:

- DCASE 2020 Task 2 (the baseline's README and the evaluator's list): ``normal_id_01_00000000.wav``,
  ``anomaly_id_01_00000000.wav``, and ``id_05_00000000.wav`` where the label is kept secret.
- DCASE 2021 to 2026 Task 2, MIMII DUE and MIMII DG (the organisers' READMEs and lists):
  ``section_00_source_train_normal_0000_<attributes>.wav`` with parts left out in evaluation names,
  and several forms of supplemental clips since 2025.
- MIMII (Purohit et al. 2019): ``6dB/fan/id_00/normal/00000000.wav``.
- A plain folder: ``normal/``, ``abnormal/``, ``NG/`` and the like (`LABEL_WORDS`), ``train/``, ``test/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike

from offkey.datasets.editions import machine_types
from offkey.datasets.label_words import LABEL_WORDS
from offkey.suffixes import sound_suffix
from offkey.tables import path_parts

__all__ = ["ABOVE_MACHINES", "SPLIT_FOLDERS", "ClipName", "parse_name"]

SPLIT_FOLDERS = {
    "train": "train",
    "test": "test",
    "source_test": "test",
    "target_test": "test",
    "test_rename": "test",  # made by the organisers' renaming of evaluation clips
    "supplemental": "supplemental",
}
"""The folders of a machine, in lower case, and the split that each holds."""

ABOVE_MACHINES = frozenset({"raw", "data", "dev_data", "eval_data", "dev", "eval", "additional", "dataset", "datasets"})

_ID_NAME = re.compile(r"(?:(normal|anomaly|abnormal)_)?id_(\d\d)_\d+", re.IGNORECASE | re.ASCII)
_SECTION_NAME = re.compile(
    r"section_(\d\d)((?:_(?:source|target|noise|train|test|supplemental|normal|anomaly|machine))*)_(\d{3,8})(?:_(.*))?",
    re.IGNORECASE | re.ASCII,
)
_ID_FOLDER = re.compile(r"id_(\d\d)", re.IGNORECASE | re.ASCII)
_SNR_FOLDER = re.compile(r"(min|-)?(\d+)_?dB(?:_[a-z]+)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class ClipName:
    """The facts read from a clip's path; None for those it does not contain.

    Parameters
    ----------
    machine : str, optional
        Machine type, in the organisers' spelling if an edition has it.
    section : str, optional
        Section, or the machine id of 2020 and MIMII, without prefix: ``"00"``.
    domain : str, optional
        ``"source"`` or ``"target"``.
    split : str, optional
        ``"train"``, ``"test"`` or ``"supplemental"``.
    label : str, optional
        ``"normal"`` or ``"anomaly"``.
    attributes : str, optional
        The end of the name, unchanged: ``"vel_6"``, ``"noAttribute"``.
    part : str, optional
        ``"dev"``, ``"additional"`` (normal clips of the evaluation machines) or ``"eval"``.
    supplement : str, optional
        Content of a supplemental clip: ``"machine"`` or ``"noise"``.
    snr_db : float, optional
        Signal-to-noise ratio in dB, from MIMII's folders.

    Examples
    --------
    >>> from offkey.datasets import parse_name
    >>> parse_name("fan/train/normal_id_02_00000007.wav").section
    '02'
    """

    machine: str | None = None
    section: str | None = None
    domain: str | None = None
    split: str | None = None
    label: str | None = None
    attributes: str | None = None
    part: str | None = None
    supplement: str | None = None
    snr_db: float | None = None


def parse_name(path: str | PathLike[str], *, root: str | PathLike[str] | None = None) -> ClipName:
    """Read the facts in the path of a clip by official file and folder names.

    The file name counts first, then the folders above it, nearest first. Without `root`, reading stops at the first
    folder that belongs to no official layout, so that ``/home/test/project/a.wav`` is not a test clip. With `root`, all
    folders below it count.

    Parameters
    ----------
    path : str or path
        Absolute or relative, with slashes or backslashes, in any case.
    root : str or path, optional
        The folder of the data set; only the path below it is read.

    Returns
    -------
    ClipName
        The facts in the path.

    Notes
    -----
    The machine is the folder above ``train/``, ``test/`` and the like for clips with an official
    name, the folder above ``id_00/`` as in MIMII, and otherwise only a folder whose whole name is
    a machine type of an edition.

    Examples
    --------
    >>> from offkey.datasets import parse_name
    >>> found = parse_name("dev_data/fan/test/section_01_target_test_anomaly_0003_vel_6.wav")
    >>> found.machine, found.domain, found.label
    ('fan', 'target', 'anomaly')
    """
    parts = path_parts(path)
    known: dict[str, str] = _from_file_name(parts[-1].removesuffix(sound_suffix(parts[-1]))) if parts else {}
    folders = parts[:-1]
    if root is not None:
        above = path_parts(root)
        if folders[: len(above)] == above:
            folders = folders[len(above) :]
    _read_folders(folders[::-1], known, official=bool(known), to_the_top=root is not None)
    snr = known.pop("snr", None)
    return ClipName(**known, snr_db=None if snr is None else float(snr))


def _from_file_name(stem: str) -> dict[str, str]:
    """Return the facts in an official file name; empty for any other name."""
    if match := _ID_NAME.fullmatch(stem):
        label, section = match.groups()
        return _without_none(section=section, label=LABEL_WORDS.get((label or "").lower()))
    if not (match := _SECTION_NAME.fullmatch(stem)):
        return {}
    section, facts, _, attributes = match.groups()
    words = facts.lower().split("_")  # the order of the words differs between editions
    supplement = _one_of(words, "noise", "machine")
    return _without_none(
        section=section,
        domain=_one_of(words, "source", "target"),
        split=_one_of(words, "train", "test", "supplemental") or ("supplemental" if supplement else None),
        label=None if supplement else _one_of(words, "normal", "anomaly"),  # noise alone is no machine in normal state
        attributes=attributes or None,
        supplement=supplement,
    )


def _one_of(words: list[str], *choices: str) -> str | None:
    found = [word for word in words if word in choices]
    return found[0] if len(found) == 1 else None


def _read_folders(folders: list[str], known: dict[str, str], *, official: bool, to_the_top: bool) -> None:
    """Add the facts in the folders to `known`, the nearest first."""
    below = ""
    for level, folder in enumerate(folders):
        facts = _from_folder(folder)
        if not facts and "machine" not in known and _stands_above_machine_parts(folder, below, official=official):
            facts = {"machine": folder}
        for key, value in facts.items():
            known.setdefault(key, value)
        if "machine" in facts and not to_the_top:
            _read_above_machine(folders[level + 1 : level + 3], known)
            return
        if facts.keys() & {"part"}:
            _add_part(facts["part"], known)
        if not facts and not to_the_top:
            return
        below = folder


def _from_folder(folder: str) -> dict[str, str]:
    """Return the facts in one folder's name."""
    word = folder.lower()
    if word in SPLIT_FOLDERS:
        domain = word.removesuffix("_test") if word in ("source_test", "target_test") else None
        return _without_none(split=SPLIT_FOLDERS[word], domain=domain)
    if word in LABEL_WORDS:
        return {"label": LABEL_WORDS[word]}
    if word in machine_types():
        return {"machine": machine_types()[word]}
    if word in ("dev_data", "eval_data"):
        return {"part": word.removesuffix("_data")}
    if match := _ID_FOLDER.fullmatch(folder):
        return {"section": match[1]}
    if match := _SNR_FOLDER.fullmatch(folder):
        return {"snr": f"{'-' if match[1] else ''}{match[2]}"}
    return {}


def _stands_above_machine_parts(folder: str, below: str, *, official: bool) -> bool:
    """Tell whether a folder is where official layouts have the machine."""
    if folder.lower() in ABOVE_MACHINES or folder == ".." or folder.endswith(":"):
        return False
    return bool(_ID_FOLDER.fullmatch(below)) or (official and below.lower() in SPLIT_FOLDERS)


def _read_above_machine(folders: list[str], known: dict[str, str]) -> None:
    """Read the part of the data set or the SNR from the two folders above the machine."""
    for folder in folders:
        facts = _from_folder(folder)
        if folder.lower() != "raw" and not facts.keys() & {"part", "snr"}:
            return
        for key, value in facts.items():
            known.setdefault(key, value)
        if "part" in facts:
            _add_part(facts["part"], known)


def _add_part(part: str, known: dict[str, str]) -> None:
    """Tell the additional training clips from the evaluation clips, which lie in the same folder."""
    if part == "eval" and known.get("split") != "test":
        known["part"] = "additional"


def _without_none(**values: str | None) -> dict[str, str]:
    return {key: value for key, value in values.items() if value is not None}
