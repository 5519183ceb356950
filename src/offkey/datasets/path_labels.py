"""The label that the path of a training clip gives it: whether it may be learnt from as normal."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from os import PathLike, fspath
from pathlib import PurePosixPath

from offkey.datasets.label_words import LABEL_WORDS, Label, label_of_file, label_of_folder
from offkey.datasets.names import ClipName, parse_name
from offkey.tables import path_parts

__all__ = ["PathLabel", "path_label"]


@dataclass(frozen=True)
class PathLabel:
    """A label, and the name that gives it."""

    label: Label  # {"normal", "anomaly"}; the label
    by: str  # what tells it, such as ``"its folder 'NG'"``


def path_label(clip: str | PathLike[str], folders: Iterable[str | PathLike[str]] = ()) -> PathLabel | None:
    """Return the label in a clip's path; the file's name has the last word, then the nearest folder.

    `folders`: the folders that were given. For a clip in one of them the folders below it count, and its own name where
        that is a label and nothing else. For any other clip only those folders count that adjoin it, up to the first
        of another kind.
    Returns: None if the path tells none.
    """
    parts = _parts(clip)
    if not parts:
        return None
    name = parts[-1]
    label = parse_name(name).label or label_of_file(PurePosixPath(name).stem)
    if label is not None:
        return PathLabel("anomaly" if label == "anomaly" else "normal", "its name")
    above = parts[:-1]
    given = min((len(of) for of in map(_parts, folders) if above[: len(of)] == of), default=None)
    inside = above[given:] if given is not None else list(takewhile(_names_clips, reversed(above)))[::-1]
    for folder in reversed(inside):
        if found := label_of_folder(folder):
            return PathLabel(found, f"its folder '{folder}'")
    if given and (found := LABEL_WORDS.get(above[given - 1].lower())):
        return PathLabel(found, f"its folder '{above[given - 1]}'")
    return None


def _names_clips(folder: str) -> bool:
    """Tell whether a folder's name is of a kind that says something of the clips in it."""
    return label_of_folder(folder) is not None or parse_name(f"{folder}/clip.wav") != ClipName()


def _parts(path: str | PathLike[str]) -> list[str]:
    """Return the parts of a path or URL, of a relative path those of the working folder before them."""
    text = fspath(path)
    return path_parts(text if "://" in text else os.path.abspath(text))  # noqa: PTH100, a link keeps its own name
