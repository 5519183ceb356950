"""The files of an exported folder, and the writing of them: whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from offkey.errors import UsageError
from offkey.files import atomic_folder
from offkey.runtime.folder import CALIBRATION, GRAPH
from offkey.runtime.replay import VECTORS

__all__ = ["CALIBRATION", "C_FOLDER", "GRAPH", "README", "VECTORS", "check_out", "write_folder"]

README, C_FOLDER = "README.md", "c"
"""Names of what an exported folder holds beside the files that are read where it runs."""

_KNOWN = {GRAPH, CALIBRATION, VECTORS, README, C_FOLDER}


def check_out(folder: Path) -> None:
    """Check, before long work, that a folder can be written to, and that nothing of other origin is lost by it.

    Parameters
    ----------
    folder : Path
        One that is not there yet, that is empty, or that an export wrote before.

    Raises
    ------
    UsageError
        If it is none of these; the sentence says what to do.
    """
    if not folder.exists():
        if not folder.absolute().parent.is_dir():
            raise UsageError(f"The folder {folder.parent}, in which {folder.name} is to be made, does not exist.")
        return
    if not folder.is_dir():
        raise UsageError(f"The option --out must name a folder, but {folder} is a file: choose another name.")
    held = {path.name for path in folder.iterdir()}
    if held and (CALIBRATION not in held or held - _KNOWN):
        other = min(held - _KNOWN, default=min(held))
        raise UsageError(
            f"The folder {folder} holds {other}, which no export wrote, and would be replaced: choose another name."
        )


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder in place of the one that is there.

    Parameters
    ----------
    folder : Path
        As `check_out` finds it in order.
    files : mapping of str to bytes
        Content by name; names may lead into folders, as ``"c/offkey.c"``.
    """
    check_out(folder)
    with atomic_folder(folder) as new:
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
