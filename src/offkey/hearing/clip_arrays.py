"""Features in time: an array file for each clip, in the layout of its data set."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from offkey._version import __version__
from offkey.errors import AudioError, UsageError
from offkey.files import make_folder, write_bytes
from offkey.hearing.extractor import Extractor
from offkey.hearing.source import open_recording, source_name
from offkey.hearing.windows import Windowing
from offkey.work.thread_pool import Threads

__all__ = ["ABOUT", "ArrayFile", "array_paths", "write_arrays"]

ABOUT = "features.json"
"""Name of the file that says what the rows and columns of the arrays are."""

_WHOLE = Windowing(longest_s=math.inf)


@dataclass(frozen=True)
class ArrayFile:
    """The array of a clip, or the reason why there is none.

    `frames`: its number of columns.
    """

    clip: str
    path: Path
    frames: int | None
    error: str | None = None
    was_there: bool = False


def array_paths(clips: Sequence[Path], roots: Sequence[Path], folder: Path) -> list[Path]:
    """Return where the array of each clip goes: as it lies below the first root that holds it, ending in ``.npy``."""
    paths: dict[Path, Path] = {}
    for clip in clips:
        root = next((root for root in roots if clip.is_relative_to(root)), None)
        if root is None:
            raise UsageError(
                f"{clip} does not lie below {' or '.join(map(str, roots))}, so that its array has no place in {folder}."
            )
        path = folder / clip.relative_to(root).with_suffix(".npy")
        other = paths.setdefault(path, clip)
        if other != clip:
            raise UsageError(f"The arrays of {other} and {clip} would both be {path}: give one folder at a time.")
    return list(paths)


def write_arrays(
    extractor: Extractor,
    clips: Sequence[Path],
    paths: Sequence[Path],
    folder: Path,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> list[ArrayFile]:
    """Write the features of each whole clip in time, shape (n_rows, n_frames), each file whole or not at all.

    What an earlier call wrote stays, unless its clip was changed since; a folder with other arrays is refused.

    `paths`: where each goes, below `folder`.
    `advance`: called after each clip.
    Returns: one per clip, in order.
    """
    step = advance or (lambda: None)
    _claim(folder, _about(extractor), paths)
    for parent in {path.parent for path in paths}:
        make_folder(parent)
    work = partial(_write, replace(extractor, windowing=_WHOLE))
    found = []
    for array in Threads(jobs).map(work, zip(clips, paths, strict=True)):
        found.append(array)
        step()
    return found


def _write(extractor: Extractor, places: tuple[Path, Path]) -> ArrayFile:
    """Write the array of a clip, unless it is there."""
    clip, path = places
    name = source_name(clip)
    try:
        if path.is_file() and path.stat().st_mtime_ns >= clip.stat().st_mtime_ns:
            return ArrayFile(name, path, np.load(path, mmap_mode="r").shape[1], was_there=True)
    except (OSError, ValueError, EOFError):
        pass  # reading the clip says what is wrong with it; an array that is damaged is written again
    try:
        window = next(extractor.read(open_recording(clip)))
        extractor.check(window, name=name, recording=partial(open_recording, clip))
        array = extractor.in_time(window)
    except AudioError as error:
        return ArrayFile(name, path, None, str(error))
    content = BytesIO()
    np.save(content, array, allow_pickle=False)
    write_bytes(path, content.getvalue())
    return ArrayFile(name, path, array.shape[1])


def _about(extractor: Extractor) -> dict[str, Any]:
    front_end, rate = extractor.front_end, extractor.rate
    return {
        "offkey_version": __version__,
        "features": front_end.name,
        "features_params": front_end.params(),
        "rate": rate,
        "channel": extractor.channel,
        "hop_s": front_end.column_s(rate),
        "rows": front_end.row_names(rate),
    }


def _claim(folder: Path, about: dict[str, Any], paths: Sequence[Path]) -> None:
    """Say in the folder what its arrays are, or check that those that are there are of the same kind."""
    make_folder(folder)
    file = folder / ABOUT
    content = json.dumps(about, indent=1).encode()
    if file.is_file():
        if file.read_bytes() != content:
            raise UsageError(
                f"{folder} holds arrays of other features, or of another version: name another folder, or delete it."
            )
        return
    there = next((path for path in paths if path.exists()), None)
    if there is not None:
        raise UsageError(f"{there} is there already, and {folder} holds no {ABOUT}: name an empty folder.")
    write_bytes(file, content)
