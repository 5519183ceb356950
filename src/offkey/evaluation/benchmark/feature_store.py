"""Features on disk, so that a clip is read once for a front end, however often a benchmark breaks off.

A folder holds ``.npz`` files of up to `_CHUNK` clips each, written whole; nothing in it is ever changed, only
added to. A clip is found by its name, size and time of change.
"""

from __future__ import annotations

import secrets
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from offkey.errors import OffkeyError
from offkey.evaluation.benchmark.groups import Clip
from offkey.files import atomic_binary
from offkey.model.extraction import ClipFeatures, Extractor, Piece

__all__ = ["FeatureStore"]

_CHUNK = 128

Arrays = dict[str, Any]


class FeatureStore:
    """The features that one extractor gave, by clip.

    Parameters
    ----------
    folder : Path
        Where they lie; it belongs to this extractor alone, and is made if it does not exist.
    extractor : Extractor
        Reads what is missing.
    """

    def __init__(self, folder: Path, extractor: Extractor) -> None:
        self._folder, self._extractor = folder, extractor
        self._place: dict[str, tuple[Path, int]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.npz")):
            keys = _read(path, ("keys",))
            if keys is not None:
                self._remember(path, keys["keys"].tolist())

    def missing(self, clips: Iterable[Clip]) -> list[Clip]:
        """Return the clips that are still to be read, each once."""
        by_key = {clip.key: clip for clip in clips}
        return [clip for key, clip in by_key.items() if key not in self._place]

    def add(self, clips: Sequence[Clip], *, jobs: int, advance: Callable[[], None] | None = None) -> None:
        """Read clips and keep their features; where that breaks off, what was read is kept too.

        Parameters
        ----------
        clips : sequence of Clip
            What `missing` returned.
        jobs : int
            Number of threads.
        advance : callable, optional
            Called after each clip.
        """
        waiting: dict[str, ClipFeatures] = {}
        keys = iter([clip.key for clip in clips])
        try:
            for heard in self._extractor.all((clip.path for clip in clips), jobs=jobs, advance=advance):
                waiting[next(keys)] = heard
                if len(waiting) == _CHUNK:
                    self._write(waiting)
                    waiting = {}
        finally:
            if waiting:
                self._write(waiting)

    def load(self, clips: Sequence[Clip]) -> list[ClipFeatures]:
        """Return the features of clips that are not missing, in their order.

        Parameters
        ----------
        clips : sequence of Clip
            Clips that were added.

        Returns
        -------
        list of ClipFeatures
            Named by the clips' names.

        Raises
        ------
        OffkeyError
            If a file was damaged since it was opened first.
        """
        places = [self._place[clip.key] for clip in clips]
        chunks = {path: _clips_of(path) for path in dict.fromkeys(path for path, _ in places)}
        return [
            ClipFeatures(clip.name, *chunks[path][number]) for clip, (path, number) in zip(clips, places, strict=True)
        ]

    def _write(self, heard: dict[str, ClipFeatures]) -> None:
        path = self._folder / f"{secrets.token_hex(8)}.npz"  # no other program that works here has this name
        with atomic_binary(path) as file:
            np.savez(file, allow_pickle=False, keys=np.array(list(heard)), **_packed(list(heard.values())))
        self._remember(path, list(heard))

    def _remember(self, path: Path, keys: list[str]) -> None:
        self._place.update({key: (path, number) for number, key in enumerate(keys)})


_ARRAYS = ("digests", "clip", "start_s", "end_s", "errors", "vectors")


def _packed(heard: list[ClipFeatures]) -> Arrays:
    """Return features as arrays: ``vectors`` has a row for each piece without an error."""
    pieces = [(number, piece) for number, clip in enumerate(heard) for piece in clip.pieces]
    vectors = [piece.vector for _, piece in pieces if piece.vector is not None]
    return {
        "digests": np.array([clip.digest for clip in heard]),
        "clip": np.array([number for number, _ in pieces], dtype=np.int64),
        "start_s": np.array([np.nan if piece.start_s is None else piece.start_s for _, piece in pieces]),
        "end_s": np.array([np.nan if piece.end_s is None else piece.end_s for _, piece in pieces]),
        "errors": np.array([piece.error or "" for _, piece in pieces]),
        "vectors": np.array(vectors, dtype=np.float32) if vectors else np.empty((0, 0), np.float32),
    }


def _clips_of(path: Path) -> list[tuple[list[Piece], str]]:
    arrays = _read(path, _ARRAYS)
    if arrays is None:
        raise OffkeyError(f"{path} was damaged while the benchmark ran: give the same command again.")
    return _unpacked(arrays)


def _unpacked(arrays: Arrays) -> list[tuple[list[Piece], str]]:
    """Return the pieces and the digest of each clip."""
    clips: list[tuple[list[Piece], str]] = [([], str(digest)) for digest in arrays["digests"]]
    vectors = iter(arrays["vectors"])
    columns = (arrays[name].tolist() for name in ("clip", "start_s", "end_s", "errors"))
    for number, start_s, end_s, error in zip(*columns, strict=True):
        known = start_s == start_s  # not NaN
        vector = None if error else next(vectors)
        clips[number][0].append(Piece(start_s if known else None, end_s if known else None, vector, error or None))
    return clips


def _read(path: Path, names: tuple[str, ...]) -> Arrays | None:
    """Return arrays of a file; None for a damaged one, whose clips are then read again."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
