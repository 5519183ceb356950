"""Which files are meant by the paths that a user gives."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from offkey.errors import UsageError

__all__ = ["CLIP_SUFFIXES", "find_clips"]

CLIP_SUFFIXES = frozenset(
    {".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64", ".rf64", ".caf", ".au"}
)
"""Endings, in lower case, by which a file in a folder is taken for a clip."""


def find_clips(inputs: Iterable[str | PathLike[str]]) -> list[Path]:
    """List the clips that files and folders stand for, each once.

    A file is taken whatever it is called; a folder is searched recursively for the endings of
    `CLIP_SUFFIXES`, in the order of names, leaving out hidden files and folders.

    Parameters
    ----------
    inputs : iterable of path
        Files and folders.

    Returns
    -------
    list of Path
        The clips, in the order of the inputs.

    Raises
    ------
    UsageError
        If an input does not exist, or a folder holds no clip.
    """
    found: dict[Path, None] = {}
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            inside = _in_folder(path)
            if not inside:
                endings = " ".join(sorted(CLIP_SUFFIXES))
                raise UsageError(f"The folder {path} holds no clip: expected files ending in {endings}.")
            found.update(dict.fromkeys(inside))
        elif path.exists() or path.is_symlink():  # a link to nothing is a clip that cannot be read
            found[path] = None
        else:
            raise UsageError(f"The input {path} does not exist: expected a sound file or a folder of them.")
    return list(found)


def _in_folder(folder: Path) -> list[Path]:
    clips = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in CLIP_SUFFIXES and not hidden and not path.is_dir():
            clips.append(path)
    return sorted(clips)
