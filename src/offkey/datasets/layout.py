"""Finding machines under a folder: those that hold ``train/``, ``test/`` and the like."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offkey.audio.walk import Folder, list_folder
from offkey.audio.walk import walk as walk_all
from offkey.datasets.editions import machine_types
from offkey.datasets.names import SPLIT_FOLDERS, parse_name
from offkey.errors import DataError
from offkey.listing import counted, listing

__all__ = ["MachineFolder", "check_root", "chosen_machines", "clips_in", "contents", "machine_folders", "walk"]

_MOST_NAMED = 8


@dataclass(frozen=True)
class MachineFolder:
    """A folder that holds one machine's clips."""

    machine: str  # the machine, in the organisers' spelling if it is one of theirs
    path: Path
    part: str | None  # ``"dev"`` or ``"eval"`` if the machine lies in ``dev_data`` or ``eval_data``

    def splits(self) -> list[Path]:
        """Return the folders of its splits that are to be read, each clip once.

        The organisers' tools copy ``source_test`` and ``target_test`` to ``test``, and ``test`` with
        other names to ``test_rename``; such copies are passed over.
        """
        found = {name.lower(): self.path / name for name in _entered(list_folder(self.path)).below}
        by_domain = {"source_test", "target_test"} & found.keys()
        skipped = {"test"} if by_domain else set()
        if by_domain or "test" in found:
            skipped.add("test_rename")
        return [path for name, path in found.items() if name in SPLIT_FOLDERS and name not in skipped]


def machine_folders(root: Path, machines: Sequence[str] | None = None) -> list[MachineFolder]:
    """Find all machines under a folder, however deep the set was unpacked.

    `root`: a folder that holds ``dev_data`` and ``eval_data``, with or without ``raw``, or machines, or itself one
        machine's ``train`` and ``test``.
    """
    check_root(root)
    found = []
    for folder in walk(root):
        if any(name.lower() in SPLIT_FOLDERS for name in folder.below):
            path = Path(os.path.abspath(folder.path))  # noqa: PTH100, a symbolic link keeps its own name
            part = parse_name(path / "train" / "section_00_0000.wav").part
            part = "eval" if part == "additional" else part
            found.append(MachineFolder(machine_types().get(path.name.lower(), path.name), folder.path, part))
            folder.below.clear()
    if not found:
        raise DataError(
            f"No machine was found under {root}: expected folders such as fan/train and fan/test, "
            f"or dev_data/fan/train; found {contents(root)}."
        )
    names = chosen_machines([folder.machine for folder in found], machines, root)
    return [folder for folder in found if folder.machine in names]


def clips_in(folder: Path) -> list[Path]:
    """Return the sound files of a folder, without its folders and hidden files, by name."""
    return _entered(list_folder(folder)).clips


def chosen_machines(found: Sequence[str], wanted: Sequence[str] | None, root: Path) -> set[str]:
    """Return the machines that are found and asked for."""
    if wanted is None:
        return set(found)
    by_word = {machine.lower(): machine for machine in found}
    for machine in wanted:
        if machine.lower() not in by_word:
            there = ", ".join(dict.fromkeys(found)) or "none"
            raise DataError(f"The machine {machine!r} is not under {root}: found {there}.")
    return {by_word[machine.lower()] for machine in wanted}


def contents(folder: Path) -> str:
    """Say in a few words what a folder holds."""
    listed = list_folder(folder)
    folders, files = [f"{name}/" for name in listed.below], listed.files
    texts = [f"the folders {listing(folders, _MOST_NAMED)}"] if folders else []
    texts += [f"{counted(len(files), 'file')} such as {files[0]}"] if files else []
    return " and ".join(texts) or "nothing"


def check_root(root: Path) -> None:
    """Check that the folder of a data set is there."""
    if not root.is_dir():
        what = "is a file" if root.exists() else "does not exist"
        raise DataError(
            f"The data set's folder {root} {what}: expected one of recordings, or with the unpacked archives of a set."
        )


def walk(root: Path) -> Iterator[Folder]:
    """Yield the folders of a data set that is to be there as a whole; see `offkey.audio.walk.walk`."""
    yield from map(_entered, walk_all(root))


def _entered(folder: Folder) -> Folder:
    if folder.error is not None:
        raise DataError(f"The folder {folder.path} of the data set cannot be entered: {folder.error}.")
    return folder
