"""Arrays in batches, in an order that seed and epoch decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError

__all__ = ["ArrayBatches", "Batches"]


@dataclass(frozen=True)
class Batches:
    """The batches of one epoch, made when asked for; the arrays, of equal length, may lie on disk."""

    arrays: tuple[NDArray[Any], ...]
    chosen: Sequence[NDArray[np.intp]]

    def __len__(self) -> int:
        return len(self.chosen)

    def __iter__(self) -> Iterator[tuple[NDArray[Any], ...]]:
        for rows in self.chosen:
            yield tuple(np.asarray(array[rows]) for array in self.arrays)


class ArrayBatches:
    """Batches of arrays of equal length, in an order drawn for each epoch; what `train` takes.

    A last batch of a single row joins the one before, because batch normalisation needs two.
    """

    def __init__(self, arrays: Sequence[NDArray[Any]], batch_size: int, *, seed: int = 0, shuffle: bool = True) -> None:
        lengths = {len(array) for array in arrays}
        if len(lengths) != 1 or min(lengths) < 2:
            raise ParameterError(f"Batches need arrays of one length, at least 2. Got {sorted(lengths)} instead.")
        self.arrays, self.batch_size, self.seed, self.shuffle = tuple(arrays), batch_size, seed, shuffle

    def __call__(self, epoch: int = 0) -> Batches:
        """Return the batches of an epoch, the same whenever it is asked for."""
        n = len(self.arrays[0])
        order = np.random.default_rng([self.seed, epoch]).permutation(n) if self.shuffle else np.arange(n)
        starts = list(range(0, n, self.batch_size))
        if n - starts[-1] == 1:
            starts.pop()
        return Batches(self.arrays, np.split(order, starts[1:]))
