"""The clips that the paths of a user stand for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from offkey.audio.walk import list_folder, walk
from offkey.errors import UsageError
from offkey.suffixes import EXTRA_SUFFIXES, clip_suffixes
from offkey.tables import path_of

__all__ = ["ClipFinder", "find_clips", "is_folder", "search_folder", "unread_notes"]


class ClipFinder:
    """Finds the clips that files and folders stand for.

    A file is taken whatever it is called; a folder is searched to any depth for the endings of `clip_suffixes`, in the
    order of names, leaving out hidden files and folders. Linked folders are followed. A folder that cannot be entered
    stands among the clips in the place of its own, so that reading it gives the reason.
    """

    def __init__(self) -> None:
        self._real_folders: dict[str, str] = {}
        self._unread: dict[str, Path] = {}

    def find(self, given: str | PathLike[str]) -> list[Path]:
        """List the clips that a file or a folder stands for, by its path or the text that tables have for it."""
        if not os.fspath(given).strip():
            raise UsageError(
                "An input is empty: expected a sound file or a folder of them, and '.' for the current folder; "
                "a variable of the shell that is not set gives an empty one."
            )
        path = path_of(given)
        if is_folder(path):
            return self._in_folder(path)
        try:
            path.lstat()  # a link to nothing is a clip that cannot be read
        except PermissionError as error:
            raise UsageError(f"The input {path} cannot be reached: {error.strerror or error}.") from error
        except (OSError, ValueError) as error:
            raise UsageError(f"The input {path} does not exist: expected a sound file or a folder of them.") from error
        return [path]

    def place(self, path: Path) -> str:
        """Return where a file lies, which is the same however its path is spelt; a link to a file is one of its own."""
        folder = str(path.parent)
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder)
        return f"{self._real_folders[folder]}{os.sep}{path.name}"

    def notes(self) -> list[str]:
        """Return sentences for the files in the folders that are sound and were not read."""
        return unread_notes(self._unread.values())

    def _in_folder(self, path: Path) -> list[Path]:
        if shut := list_folder(path).error:
            raise UsageError(f"The folder {path} cannot be entered: {shut}.")
        clips, unread = search_folder(path)
        if not clips:
            also = "".join(f" {note}" for note in unread_notes(unread))
            endings = " ".join(sorted(clip_suffixes()))
            raise UsageError(f"The folder {path} holds no clip: expected files ending in {endings}.{also}")
        self._unread |= {self.place(file): file for file in unread}
        return clips


def find_clips(inputs: Iterable[str | PathLike[str]]) -> list[Path]:
    """List the clips that files and folders stand for, each once; see `ClipFinder`."""
    finder, found = ClipFinder(), dict[str, Path]()
    for given in inputs:
        for clip in finder.find(given):
            found.setdefault(finder.place(clip), clip)
    return list(found.values())


def is_folder(path: str | PathLike[str]) -> bool:
    """Tell whether there is such a folder; a name that no path can have is none."""
    return os.path.isdir(path)  # noqa: PTH112 - that of Path raises where the name is too long


def search_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the clips in a folder and below it, and the files that are sound but of a kind that is not read."""
    clips, unread = list[Path](), list[Path]()
    for one in walk(folder):
        clips += one.clips
        unread += one.unread
    return sorted(clips), unread


def unread_notes(files: Iterable[Path]) -> list[str]:
    """Return a sentence for the files that are sound and are not read, and one for those that an extra reads."""
    suffixes = sorted(file.suffix.lower() for file in files)
    by_extra = [suffix for suffix in suffixes if suffix in EXTRA_SUFFIXES]
    others = [suffix for suffix in suffixes if suffix not in EXTRA_SUFFIXES]
    extra = ", or install the extra that reads them: pip install 'offkey[phone]'"
    return [_unread_note(some, end) for some, end in ((by_extra, extra), (others, "")) if some]


def _unread_note(suffixes: list[str], extra: str) -> str:
    files, are, them = ("file", "is", "it") if len(suffixes) == 1 else ("files", "are", "them")
    kinds = list(dict.fromkeys(suffixes))
    endings = " or ".join(part for part in (", ".join(kinds[:-1]), kinds[-1]) if part)
    return (
        f"{len(suffixes)} {files} ending in {endings} {are} not read: convert {them} to WAV or FLAC, such as with "
        f"ffmpeg -i a{kinds[0]} a.flac{extra}."
    )
