"""Inputs on disk, computed once, from which the training takes its batches; it can be broken off and goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.errors import OffkeyError
from offkey.features.learning import TrainingClip
from offkey.files import atomic_text
from offkey.learned.discriminative.inputs import Inputs
from offkey.threads import one_blas_thread

__all__ = ["Cache"]

_AT_A_TIME = 64  # clips between two notes of what is done
_HALF_MOST = 65504.0  # the largest number in half precision

Row = list[NDArray[np.float32]]


class Cache:
    """A folder with a file for each input: rows one behind the other, in half precision.

    ``rows.jsonl`` names the clip of each row, and is written behind the rows; what lies behind the last row that it
    names is of a run that was broken off, and is written over.

    Parameters
    ----------
    folder : Path
        It belongs to these inputs alone, and is made if it does not exist.
    inputs : Inputs
        What is computed.
    """

    def __init__(self, folder: Path, inputs: Inputs) -> None:
        self._folder, self._inputs = folder, inputs
        self._statistics = features.create("logmel")
        length = len(self._statistics.vector(np.zeros(inputs.length, np.float32), inputs.rate))
        self._shapes = [*inputs.shapes, (length,)]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OffkeyError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
        self._rows = self._known()

    def add(self, clips: Sequence[TrainingClip], *, jobs: int, advance: Callable[[], None]) -> None:
        """Hear clips that were not heard yet.

        Parameters
        ----------
        clips : sequence of TrainingClip
            The clips; one of which nothing can be used has no row.
        jobs : int
            Number of threads.
        advance : callable
            Called after each clip.
        """
        known = {key for key, _ in self._rows}
        waiting = []
        for clip in clips:
            advance() if clip.key in known else waiting.append(clip)
        with one_blas_thread(), ThreadPoolExecutor(jobs) as pool:
            for start in range(0, len(waiting), _AT_A_TIME):
                some = waiting[start : start + _AT_A_TIME]
                self._write(some, list(pool.map(self._hear, some)))
                for _ in some:
                    advance()

    def rows_of(self, clips: Sequence[TrainingClip]) -> tuple[NDArray[np.intp], list[TrainingClip]]:
        """Return the rows of clips, in their order, and the clip of each."""
        by_key: dict[str, list[int]] = {}
        row = 0
        for key, n in self._rows:
            by_key.setdefault(key, []).extend(range(row, row + n))
            row += n
        found = [(row, clip) for clip in clips for row in by_key.get(clip.key, [])]
        return np.array([row for row, _ in found], np.intp), [clip for _, clip in found]

    def arrays(self) -> list[NDArray[np.float16]]:
        """Return the inputs of all rows, and log-mel statistics last, as arrays that lie on disk."""
        return [
            np.memmap(self._file(number), np.float16, "r", shape=(self._length, *shape))
            for number, shape in enumerate(self._shapes)
        ]

    @property
    def _length(self) -> int:
        return sum(n for _, n in self._rows)

    def _file(self, number: int) -> Path:
        return self._folder / f"input{number}.f16"

    def _known(self) -> list[tuple[str, int]]:
        try:
            lines = (self._folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [(str(key), int(n)) for key, n in map(json.loads, lines)]

    def _hear(self, clip: TrainingClip) -> list[Row]:
        inputs = self._inputs
        return [
            [*inputs(piece), self._statistics.vector(piece, inputs.rate)]
            for sound in clip.sounds()
            for piece in inputs.pieces(sound, overlapping=False)
        ]

    def _write(self, clips: Sequence[TrainingClip], heard: Sequence[list[Row]]) -> None:
        length = self._length
        for number, shape in enumerate(self._shapes):
            file = self._file(number)
            file.touch()
            with file.open("r+b") as out:
                out.seek(2 * length * int(np.prod(shape)))
                for values in _column(heard, number):
                    out.write(np.clip(values, -_HALF_MOST, _HALF_MOST).astype(np.float16).tobytes())
        self._rows += [(clip.key, len(rows)) for clip, rows in zip(clips, heard, strict=True)]
        with atomic_text(self._folder / "rows.jsonl") as listed:
            listed.writelines(json.dumps(row) + "\n" for row in self._rows)


def _column(heard: Sequence[list[Row]], number: int) -> Iterator[NDArray[Any]]:
    return (row[number] for rows in heard for row in rows)
