"""What callers may pass as clips, as one kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.audio import ArrayRecording, ClipFinder
from offkey.errors import UsageError
from offkey.model.extraction import Source

__all__ = ["Clip", "Clips", "as_sources", "is_single", "read_sources"]

Clip: TypeAlias = str | PathLike[str] | NDArray[Any]
"""A file, or sound in memory: an array of shape (n,) or (n, channels)."""

Clips: TypeAlias = Clip | Iterable[Clip]
"""A clip, a folder, or several of them."""


def as_sources(clips: Clips, rate: int | None) -> list[Source]:
    """Turn what a caller passes into sources; see `read_sources`."""
    return read_sources(clips, rate)[0]


def read_sources(clips: Clips, rate: int | None) -> tuple[list[Source], list[str]]:
    """Turn what a caller passes into sources: folders become their files, arrays get their rate.

    Parameters
    ----------
    clips : path, array, or iterable of them
        Files, folders, arrays.
    rate : int or None
        Sampling rate of the arrays in Hz.

    Returns
    -------
    sources : list of Source
        At least one, in the order given, each file once, however its path is spelt.
    notes : list of str
        What the user is to be told of files in the folders that are not among them.

    Raises
    ------
    UsageError
        If there is none, a path does not exist, or arrays come without a rate.
    """
    given = [clips] if isinstance(clips, str | PathLike | np.ndarray) else list(clips)
    sources, finder = dict[Source | str, Source](), ClipFinder()
    for number, clip in enumerate(given):
        if isinstance(clip, str | PathLike):
            for file in finder.find(clip):
                sources.setdefault(finder.place(file), file)
            continue
        if rate is None:
            raise UsageError("Sound given as an array needs its sampling rate: pass rate= in Hz.")
        array = ArrayRecording(clip, rate, name=f"array {number}")
        sources[array] = array
    if not sources:
        raise UsageError("There is no clip to work on: expected files, folders or arrays, found none.")
    return list(sources.values()), finder.notes()


def is_single(clips: Clips) -> bool:
    """Tell whether the caller means one clip and not a folder or a list."""
    if isinstance(clips, str | PathLike):
        return not Path(clips).is_dir()
    return isinstance(clips, np.ndarray)
