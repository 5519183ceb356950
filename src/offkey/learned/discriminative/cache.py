"""Inputs on disk, computed once, from which the training takes its batches; it can be broken off and goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.errors import OffkeyError
from offkey.features.learning import TrainingClip
from offkey.learned.discriminative.inputs import Inputs
from offkey.work.keyed_store import KEY, KeyedStore
from offkey.work.thread_pool import Threads

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Cache"]

_PART_CLIPS = 64
_ROW = "inputs"  # a column: all inputs of a piece of sound, one behind the other
_HALF_MOST = 65504.0  # the largest number in half precision


class Cache:
    """A store of inputs in half precision; its folder holds these inputs alone, and is made where it does not exist."""

    def __init__(self, folder: Path, inputs: Inputs) -> None:
        from offkey.tables.polars_extra import pl

        self._folder, self._inputs = folder, inputs
        self._statistics = features.create("logmel")
        length = len(self._statistics.vector(np.zeros(inputs.length, np.float32), inputs.rate))
        shapes = [*inputs.shapes, (length,)]
        self._row = np.dtype([(f"input{number}", np.float16, shape) for number, shape in enumerate(shapes)])
        self._store = KeyedStore(str(folder), {_ROW: pl.Binary})

    def add(self, clips: Sequence[TrainingClip], *, jobs: int, advance: Callable[[], None]) -> None:
        """Compute the inputs of clips that are not there yet."""
        by_key = {clip.key: clip for clip in clips}
        waiting = [by_key[key] for key in self._store.missing(by_key)]
        for _ in range(len(clips) - len(waiting)):
            advance()
        with closing(Threads(jobs).map(self._rows, waiting)) as rows:
            for first in range(0, len(waiting), _PART_CLIPS):
                some = waiting[first : first + _PART_CLIPS]
                self._store.write(_table(some, list(islice(rows, len(some)))))
                for _ in some:
                    advance()

    def load(
        self, clips: Sequence[TrainingClip]
    ) -> tuple[NDArray[np.intp], list[TrainingClip], list[NDArray[np.float16]]]:
        """Return where the rows of clips stand, the clip of each row, and the arrays, log-mel statistics last.

        A clip of which nothing can be used has no row. The arrays lie in a file without a name, not in memory.
        """
        places: dict[str, list[int]] = {}
        count = 0
        with TemporaryFile(dir=self._folder) as file:
            for table in self._store.tables(clip.key for clip in clips):
                for key, row in table.drop_nulls().iter_rows():
                    if len(row) != self._row.itemsize:
                        raise OffkeyError(f"{self._folder} holds inputs of another form: delete it, and train again.")
                    places.setdefault(key, []).append(count)
                    count += 1
                    file.write(row)
            file.flush()
            held = np.memmap(file, self._row, "r", shape=(count,)) if count else np.empty(0, self._row)
        matches = [(row, clip) for clip in clips for row in places.get(clip.key, [])]
        arrays = [held[name] for name in self._row.names or ()]
        return np.array([row for row, _ in matches], np.intp), [clip for _, clip in matches], arrays

    def _rows(self, clip: TrainingClip) -> list[bytes]:
        inputs, rows = self._inputs, []
        for sound in clip.sounds():
            for piece in inputs.pieces(sound, overlapping=False):
                values = [*inputs(piece), self._statistics.vector(piece, inputs.rate)]
                halves = [np.clip(value, -_HALF_MOST, _HALF_MOST).astype(np.float16) for value in values]
                rows.append(np.array([tuple(halves)], self._row).tobytes())
        return rows


def _table(clips: Sequence[TrainingClip], rows: Sequence[list[bytes]]) -> pl.DataFrame:
    """Return the rows of clips with their keys; of a clip without any a row says that there is nothing."""
    from offkey.tables.polars_extra import pl

    pairs = list[tuple[str, bytes | None]]()
    for clip, clip_rows in zip(clips, rows, strict=True):
        pairs += [(clip.key, row) for row in clip_rows] or [(clip.key, None)]
    return pl.DataFrame(pairs, schema={KEY: pl.String, _ROW: pl.Binary}, orient="row")
