"""The parts that features are kept in: ``.npz`` files of up to `PART_CLIPS` clips, written whole and never changed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from offkey.errors import OffkeyError
from offkey.experiments.cell import Clip, sources
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.extractor import Extractor
from offkey.work.folders import open_folder
from offkey.work.seals import seal_of

__all__ = ["PART_CLIPS", "Chunk", "Place", "cut", "keys_of", "load_features", "read_clips"]

PART_CLIPS = 128
_MOST_KEYS = 2**20  # of a part

Arrays = dict[str, Any]


class Place(NamedTuple):
    """Where the features of a clip lie.

    Parameters
    ----------
    part : str
        Name of the file.
    number : int
        Which of its clips.
    """

    part: str
    number: int


@dataclass(frozen=True)
class Chunk:
    """Clips whose features go to one part.

    Parameters
    ----------
    clips : tuple of Clip
        The clips.
    """

    clips: tuple[Clip, ...]

    @property
    def part(self) -> str:
        """Name of the part: a digest of its clips, so that reading them twice leaves one file."""
        keys = json.dumps([clip.key for clip in self.clips])
        return f"{hashlib.sha256(keys.encode()).hexdigest()[:16]}.npz"

    def __str__(self) -> str:
        return f"the reading of {self.clips[0].name} and {len(self.clips) - 1} more"


def cut(clips: Sequence[Clip]) -> list[Chunk]:
    """Cut clips into chunks of `PART_CLIPS`; the last may hold fewer."""
    return [Chunk(tuple(clips[first : first + PART_CLIPS])) for first in range(0, len(clips), PART_CLIPS)]


def read_clips(
    folder: str, extractor: Extractor, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None] | None = None
) -> None:
    """Read clips and keep their features in parts; where that breaks off, what was read is kept too.

    Parameters
    ----------
    folder : str
        Path or URL; it belongs to this extractor alone.
    extractor : Extractor
        Reads them.
    clips : sequence of Clip
        The clips, cut as `cut` does.
    jobs : int
        Number of threads.
    advance : callable, optional
        Called after each clip.

    Raises
    ------
    OffkeyError
        If a part cannot be written.
    """
    heard: list[ClipFeatures] = []
    first = 0
    try:
        for one in extractor.all(sources(clips), jobs=jobs, advance=advance):
            heard.append(one)
            if len(heard) == PART_CLIPS:
                _write(folder, clips[first : first + PART_CLIPS], heard)
                first, heard = first + PART_CLIPS, []
    finally:
        if heard:
            _write(folder, clips[first : first + len(heard)], heard)


def load_features(folder: str, clips: Sequence[Clip], places: Sequence[Place]) -> list[ClipFeatures]:
    """Return the features of clips, in their order.

    Parameters
    ----------
    folder : str
        Path or URL.
    clips : sequence of Clip
        The clips.
    places : sequence of Place
        Where the features of each lie.

    Returns
    -------
    list of ClipFeatures
        Named by the clips' names.

    Raises
    ------
    OffkeyError
        If a part was deleted or damaged since it was found, or is of another folder.
    """
    opened = open_folder(folder)
    parts: dict[str, list[tuple[list[WindowFeatures], str]]] = {}
    for part in dict.fromkeys(place.part for place in places):
        content = opened.read(part)
        arrays = None if content is None else _read(io.BytesIO(content), ("keys", *_ARRAYS, "seal"))
        if arrays is None or arrays["seal"].tobytes() != _seal(folder, arrays):
            raise OffkeyError(
                f"{folder}/{part} is damaged, gone, or a part of something else: delete it if it is there, "
                "and give the same command again."
            )
        parts[part] = _unpacked(arrays)
    return [ClipFeatures(clip.name, *parts[part][number]) for clip, (part, number) in zip(clips, places, strict=True)]


def keys_of(file: BinaryIO) -> list[str] | None:
    """Return the keys of a part's clips; None for a damaged one, whose clips are then read again."""
    arrays = _read(file, ("keys",))
    if arrays is None or arrays["keys"].dtype.kind != "U" or arrays["keys"].shape > (_MOST_KEYS,):
        return None
    return list(map(str, arrays["keys"].tolist()))


_ARRAYS = ("digests", "clip", "start_s", "end_s", "errors", "vectors")


def _write(folder: str, clips: Sequence[Clip], heard: Sequence[ClipFeatures]) -> None:
    chunk, buffer = Chunk(tuple(clips)), io.BytesIO()
    arrays = {"keys": np.array([clip.key for clip in clips]), **_packed(heard)}
    np.savez(buffer, allow_pickle=False, **arrays, seal=np.frombuffer(_seal(folder, arrays), np.uint8))
    open_folder(folder).write(chunk.part, buffer.getvalue())


def _seal(folder: str, arrays: Arrays) -> bytes:
    """Return the seal of a part: of the folder's name, which says how clips are heard, and of all that stands in it."""
    named = [part for name in ("keys", *_ARRAYS) for part in (name, arrays[name].tobytes())]
    return seal_of(PurePosixPath(folder).name, *named)


def _packed(heard: Sequence[ClipFeatures]) -> Arrays:
    """Return features as arrays: ``vectors`` has a row for each window without an error."""
    windows = [(number, window) for number, clip in enumerate(heard) for window in clip.windows]
    vectors = [window.vector for _, window in windows if window.vector is not None]
    return {
        "digests": np.array([clip.digest for clip in heard]),
        "clip": np.array([number for number, _ in windows], dtype=np.int64),
        "start_s": np.array([np.nan if window.start_s is None else window.start_s for _, window in windows]),
        "end_s": np.array([np.nan if window.end_s is None else window.end_s for _, window in windows]),
        "errors": np.array([window.error or "" for _, window in windows]),
        "vectors": np.array(vectors, dtype=np.float32) if vectors else np.empty((0, 0), np.float32),
    }


def _unpacked(arrays: Arrays) -> list[tuple[list[WindowFeatures], str]]:
    """Return the windows and the digest of each clip."""
    clips: list[tuple[list[WindowFeatures], str]] = [([], str(digest)) for digest in arrays["digests"]]
    vectors = iter(arrays["vectors"])
    columns = (arrays[name].tolist() for name in ("clip", "start_s", "end_s", "errors"))
    for number, start_s, end_s, error in zip(*columns, strict=True):
        known = start_s == start_s  # not NaN
        vector = None if error else next(vectors)
        clips[number][0].append(
            WindowFeatures(start_s if known else None, end_s if known else None, vector, error or None)
        )
    return clips


def _read(file: BinaryIO, names: tuple[str, ...]) -> Arrays | None:
    """Return arrays of a file; None for a damaged one."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            if any(entry.compress_size != entry.file_size for entry in arrays.zip.infolist()):
                return None  # what is not packed takes no more memory than the file
            return {name: arrays[name] for name in names}
    except Exception:  # of zipfile, zlib and numpy, which reads headers as Python
        return None
