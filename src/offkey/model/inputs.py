"""What callers may pass as clips, as one kind of thing."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.audio import ArrayRecording, find_clips
from offkey.errors import UsageError
from offkey.model.extraction import Source

__all__ = ["Clip", "Clips", "as_sources", "is_single"]

Clip: TypeAlias = str | PathLike[str] | NDArray[Any]
"""A file, or sound in memory: an array of shape (n,) or (n, channels)."""

Clips: TypeAlias = Clip | Iterable[Clip]
"""A clip, a folder, or several of them."""


def as_sources(clips: Clips, rate: int | None) -> list[Source]:
    """Turn what a caller passes into sources: folders become their files, arrays get their rate.

    Parameters
    ----------
    clips : path, array, or iterable of them
        Files, folders, arrays.
    rate : int or None
        Sampling rate of the arrays in Hz.

    Returns
    -------
    list of Source
        At least one, in the order given, each file once.

    Raises
    ------
    UsageError
        If there is none, a path does not exist, or arrays come without a rate.
    """
    given = [clips] if isinstance(clips, str | PathLike | np.ndarray) else list(clips)
    sources: dict[Source, None] = {}
    for number, clip in enumerate(given):
        if isinstance(clip, str | PathLike):
            sources.update(dict.fromkeys(find_clips([clip])))
            continue
        if rate is None:
            raise UsageError("Sound given as an array needs its sampling rate: pass rate= in Hz.")
        sources[ArrayRecording(clip, rate, name=f"array {number}")] = None
    if not sources:
        raise UsageError("There is no clip to work on: expected files, folders or arrays, found none.")
    return list(sources)


def is_single(clips: Clips) -> bool:
    """Tell whether the caller means one clip and not a folder or a list."""
    if isinstance(clips, str | PathLike):
        sources = find_clips([clips])
        return len(sources) == 1 and str(sources[0]) == str(clips)
    return isinstance(clips, np.ndarray)
