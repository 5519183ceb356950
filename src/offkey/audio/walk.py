"""The walker of folders: files and folders below a folder, each real folder once, to any depth."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from offkey.suffixes import is_clip_name, is_unread_name

__all__ = ["Folder", "list_folder", "walk"]

_ENDING = re.compile(r"\.\w*[A-Za-z]\w*$")
_OF_THE_SYSTEM = frozenset({"lost+found", "$RECYCLE.BIN", "System Volume Information"})  # at the top of a disk


@dataclass(frozen=True)
class Folder:
    """A folder, and what lies in it by name; hidden files and folders are left out.

    `below`: names of the folders in it; take away those that are not to be entered.
    `files`: names of whatever else lies in it: files, also such as pipes, and links to nothing.
    """

    path: Path
    real: str  # where it lies, without links
    below: list[str] = field(default_factory=list)
    links: frozenset[str] = frozenset()
    files: list[str] = field(default_factory=list)
    error: str | None = None

    @property
    def clips(self) -> list[Path]:
        """The clips in it; a folder that cannot be entered stands for its own, so that it gets their error."""
        if self.error is not None:
            return [self.path]
        return [self.path / name for name in self.files if is_clip_name(name)]

    @property
    def unread(self) -> list[Path]:
        """The files that are sound by their names, but of a kind that is not read."""
        return [self.path / name for name in self.files if is_unread_name(name)]


def walk(root: Path) -> Iterator[Folder]:
    """Yield a folder and all folders below it, the linked ones last, each real folder once.

    A link that leads to a folder which has been there, or up to one that holds `root`, goes round, and is not followed.

    Yields: what its user takes from `Folder.below` before the next one is asked for is not entered.
    """
    top = os.path.realpath(root)
    entered = {str(above) for above in Path(top).parents}
    waiting, linked = [(root, top)], list[tuple[Path, str]]()
    while waiting or linked:
        path, real = waiting.pop() if waiting else linked.pop(0)
        if real in entered:
            continue
        entered.add(real)
        folder = list_folder(path, real)
        yield folder
        linked += [(path / name, os.path.realpath(path / name)) for name in folder.below if name in folder.links]
        deeper = [name for name in folder.below if name not in folder.links]
        waiting += [(path / name, f"{real.rstrip(os.sep)}{os.sep}{name}") for name in reversed(deeper)]


def list_folder(path: Path, real: str | None = None) -> Folder:
    """Return what lies in a folder, in the order of names.

    `real`: where it lies, without links, if that is known already.
    """
    real = os.path.realpath(path) if real is None else real
    below, links, files = list[str](), set[str](), list[str]()
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in _OF_THE_SYSTEM:
                    continue
                is_folder, is_link = _kind(entry)
                (below if is_folder else files).append(entry.name)
                if is_folder and is_link:
                    links.add(entry.name)
    except OSError as error:
        return Folder(path, real, error=error.strerror or str(error))
    return Folder(path, real, sorted(below), frozenset(links), sorted(files))


def _kind(entry: os.DirEntry[str]) -> tuple[bool, bool]:
    """Tell whether an entry is a folder, and whether it is a link.

    A link that cannot be followed, since its disk is not there, it goes round or the way to its end is shut, is taken
    for a folder unless its name ends as that of a file: entering it says why.
    """
    is_link = entry.is_symlink()
    try:
        is_folder = entry.is_dir()
        leads_nowhere = is_link and not is_folder and not Path(entry.path).exists()
    except OSError:
        is_folder, leads_nowhere = False, True
    return is_folder or (leads_nowhere and _ENDING.search(entry.name) is None), is_link
