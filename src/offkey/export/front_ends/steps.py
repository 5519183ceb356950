"""Steps that parts of front ends have in common, each one operator or two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offkey.graph import Builder

__all__ = ["banded", "concat", "decibels", "mean", "ranked", "rows", "scaled", "section"]

_BLOCK = 16  # bands


def banded(b: Builder, bins: str, filters: NDArray[np.float64], dtype: type = np.float32) -> str:
    """Add the sums of bins within bands, shape (batch, n_bands, n).

    `bins`: shape (batch, n_bins, n).
    `filters`: shape (n_bands, n_bins); cut into blocks of bands with the bins they reach, since most of it is zeros.
    """
    blocks = []
    for low in range(0, len(filters), _BLOCK):
        weights = filters[low : low + _BLOCK]
        reached = np.flatnonzero(weights.any(axis=0))
        first, last = (int(reached[0]), int(reached[-1]) + 1) if len(reached) else (0, 1)
        blocks.append(b("MatMul", b.weight(weights[:, first:last], dtype), section(b, bins, first, last, 1)))
    return concat(b, blocks, 1)


def section(b: Builder, tensor: str, first: int, last: int, axis: int, step: int = 1) -> str:
    """Add a stretch of an axis, from `first` to before `last`."""
    bounds = (b.weight([number]) for number in (first, last, axis, step))
    return b("Slice", tensor, *bounds)


def rows(b: Builder, tensor: str, numbers: Sequence[int], axis: int) -> str:
    """Add some places of an axis, in the order of their numbers."""
    return b("Gather", tensor, b.weight(np.asarray(numbers, np.int64)), axis=axis)


def concat(b: Builder, tensors: Sequence[str], axis: int) -> str:
    """Add tensors one behind the other; one alone stays as it is."""
    return tensors[0] if len(tensors) == 1 else b("Concat", *tensors, axis=axis)


def mean(b: Builder, tensor: str, axes: Sequence[int], *, keepdims: bool = True) -> str:
    """Add the mean over some axes."""
    return b("ReduceMean", tensor, axes=list(axes), keepdims=int(keepdims))


def ranked(b: Builder, tensor: str, count: int, *, largest: bool, axis: int = -1) -> str:
    """Add the greatest numbers of an axis from high to low, or the least from low to high."""
    values, _ = b("TopK", tensor, b.weight([count]), outputs=2, axis=axis, largest=int(largest))
    return values


def scaled(b: Builder, tensor: str, factor: float, dtype: type = np.float32) -> str:
    """Add the product with a number."""
    return b("Mul", tensor, b.weight(dtype(factor)))


def decibels(b: Builder, power: str, floor_db: float, dtype: type = np.float32) -> str:
    """Add power in dB, none below a floor; ONNX has the natural logarithm alone."""
    floored = b("Max", power, b.weight(dtype(10 ** (floor_db / 10))))
    return scaled(b, b("Log", floored), 10 / np.log(10), dtype)
