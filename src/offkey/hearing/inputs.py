"""The clips that callers pass, in any form, as one list of sources."""

from __future__ import annotations

import numbers
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.audio import ArrayRecording, ClipFinder, check_rate, is_folder
from offkey.errors import ParameterError, UsageError
from offkey.hearing.source import Source

__all__ = ["Clip", "Clips", "ReadClips", "read_clips", "warn_of_unread"]

Clip: TypeAlias = str | PathLike[str] | NDArray[Any]
"""A file, or sound in memory: an array of shape (n,) or (n, channels)."""

Clips: TypeAlias = Clip | Iterable[Clip]
"""A clip, a folder, or several of them."""


@dataclass(frozen=True)
class ReadClips:
    """The clips that a caller passed."""

    given: list[Any]
    sources: list[Source]  # at least one, in the order given, each file once, however its path is spelt
    notes: list[str]  # what the user is to be told of files in the folders that are not among them
    single: bool


def read_clips(clips: Clips, rate: int | None) -> ReadClips:
    """Turn what a caller passes into sources: folders become their files, arrays get their rate.

    `clips`: files, folders, arrays. Of several, a file that is not there is a clip that cannot be read.
    `rate`: sampling rate of the arrays in Hz.
    """
    given = _listed(clips)
    hertz = None if rate is None else check_rate(rate)
    sources, finder = dict[Source | str, Source](), ClipFinder()
    for number, clip in enumerate(given):
        if isinstance(clip, str | PathLike):
            missing = len(given) > 1 and os.fspath(clip) and not os.path.lexists(clip)
            for file in [Path(clip)] if missing else finder.find(clip):
                sources.setdefault(finder.place(file), file)
            continue
        if hertz is None:
            raise UsageError("Sound given as an array needs its sampling rate: pass rate= in Hz.")
        array = ArrayRecording(clip, hertz, name=f"array {number}")
        sources[array] = array
    if not sources:
        raise UsageError("There is no clip to work on: expected files, folders or arrays, found none.")
    single = given[0] is clips and not (isinstance(clips, str | PathLike) and is_folder(clips))
    return ReadClips(given, list(sources.values()), finder.notes(), single)


def warn_of_unread(notes: Iterable[str]) -> None:
    """Warn of files in the folders that a caller passes which are sound and are not read."""
    for note in notes:
        warnings.warn(note, stacklevel=4)


def _listed(clips: Clips) -> list[Any]:
    """Return the paths and arrays that a caller passes, of one clip or folder that alone."""
    if isinstance(clips, str | PathLike):
        return [clips]
    if isinstance(clips, np.ndarray) and clips.dtype.kind in "USO" and clips.ndim:
        return _checked([os.fsdecode(one) if isinstance(one, bytes) else one for one in clips.ravel().tolist()])
    if isinstance(clips, np.generic | bytes | bytearray | Mapping) or hasattr(clips, "read"):
        raise ParameterError(_no_clip("The clips are", clips))
    if hasattr(clips, "to_numpy"):  # a column or a table of a library of data frames
        if hasattr(clips, "columns"):
            raise ParameterError(f"A table of {type(clips).__module__} is no clip: pass its column of files.")
        return _checked(list(clips))
    if hasattr(clips, "__array__"):
        return [clips]
    if not isinstance(clips, Iterable):
        raise ParameterError(_no_clip("The clips are", clips))
    return _checked(list(clips))


def _checked(given: list[Any]) -> list[Any]:
    """Refuse a list of samples, sound with its rate, and what is neither path nor array."""
    is_number = [isinstance(one, numbers.Number | np.generic) and not isinstance(one, str) for one in given]
    if given and all(is_number):
        raise ParameterError(
            f"A clip is an array, and {len(given)} numbers were given: pass np.asarray(x, dtype=np.float32), or a list "
            "of such arrays."
        )
    if is_number == [False, True] and not isinstance(given[0], str | PathLike):
        raise ParameterError("Sound and its rate were given as one: pass the array alone, and its rate as rate=.")
    for number, one in enumerate(given):
        if isinstance(one, bytes | bytearray | Mapping) or not (
            isinstance(one, str | PathLike | list | tuple) or hasattr(one, "__array__")
        ):
            raise ParameterError(_no_clip(f"Clip {number} is", one))
    return given


def _no_clip(subject: str, one: object) -> str:
    return (
        f"{subject} {'None' if one is None else f'of the type {type(one).__name__}'}: expected a path, an array of "
        "shape (n,) or (n, channels), or several of them."
    )
