"""Inputs on disk, computed once, from which the training takes its batches; it can be broken off and goes on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.errors import OffkeyError
from offkey.features.learning import TrainingClip
from offkey.files import atomic_text
from offkey.learned.discriminative.inputs import Inputs
from offkey.work.seals import seal_of
from offkey.work.threads import one_blas_thread

__all__ = ["Cache"]

_AT_A_TIME = 64  # clips between two notes of what is done
_HALF_MOST = 65504.0  # the largest number in half precision

Row = list[NDArray[np.float32]]


class Cache:
    """A folder with a file for each input: rows one behind the other, in half precision.

    ``rows.jsonl`` names the clip of each row, and seals what was computed of it; it is written behind the rows. What
    lies behind the last row that it names is of a run that was broken off, and is written over, and so is all from the
    first clip on whose rows are not as they were sealed.

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
        known = {key for key, _, _ in self._rows}
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
        for key, n, _ in self._rows:
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
        return sum(n for _, n, _ in self._rows)

    def _file(self, number: int) -> Path:
        return self._folder / f"input{number}.f16"

    def _known(self) -> list[tuple[str, int, str]]:
        """Return the rows that are there as they were sealed, up to the first that are not."""
        whole = list[tuple[str, int, str]]()
        with ExitStack() as opened, suppress(OSError, ValueError):  # nothing is there, or what is there is damaged
            lines = (self._folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()
            files = [opened.enter_context(self._file(number).open("rb")) for number in range(len(self._shapes))]
            left = [self._file(number).stat().st_size for number in range(len(self._shapes))]
            for key, n, seal in map(_row, lines):
                sizes = [2 * n * math.prod(shape) for shape in self._shapes]
                left = [there - size for there, size in zip(left, sizes, strict=True)]
                if min(left) < 0 or seal != self._seal(
                    key, [f.read(size) for f, size in zip(files, sizes, strict=True)]
                ):
                    break
                whole.append((key, n, seal))
        return whole

    def _seal(self, key: str, held: Sequence[bytes]) -> str:
        inputs = self._inputs
        return seal_of(repr((inputs.rate, inputs.seconds, *inputs.resolutions)), key, *held).hex()

    def _hear(self, clip: TrainingClip) -> list[Row]:
        inputs = self._inputs
        return [
            [*inputs(piece), self._statistics.vector(piece, inputs.rate)]
            for sound in clip.sounds()
            for piece in inputs.pieces(sound, overlapping=False)
        ]

    def _write(self, clips: Sequence[TrainingClip], heard: Sequence[list[Row]]) -> None:
        length = self._length
        written = [[b"" for _ in self._shapes] for _ in clips]
        for number, shape in enumerate(self._shapes):
            file = self._file(number)
            file.touch()
            with file.open("r+b") as out:
                out.seek(2 * length * int(np.prod(shape)))
                for clip, rows in enumerate(heard):
                    halves = [np.clip(row[number], -_HALF_MOST, _HALF_MOST).astype(np.float16) for row in rows]
                    written[clip][number] = b"".join(half.tobytes() for half in halves)
                    out.write(written[clip][number])
        sealed = zip(clips, heard, written, strict=True)
        self._rows += [(clip.key, len(rows), self._seal(clip.key, held)) for clip, rows, held in sealed]
        with atomic_text(self._folder / "rows.jsonl") as listed:
            listed.writelines(json.dumps(row) + "\n" for row in self._rows)


def _row(line: str) -> tuple[str, int, str]:
    """Return key, number of rows and seal of a line; a ValueError for one of another form, such as without a seal."""
    found = json.loads(line)
    if not (isinstance(found, list) and [type(value) for value in found] == [str, int, str] and found[1] >= 0):
        raise ValueError("a line of rows has another form")
    return found[0], found[1], found[2]
