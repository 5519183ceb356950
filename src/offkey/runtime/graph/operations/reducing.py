"""Operators that take many numbers to few, and that put them in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation

__all__ = ["FIRST_ALONE", "REDUCING"]


def _reduced(function: Callable[..., Any]) -> Operation:
    """Return the operation that reduces some axes, all by default: an attribute, or as of version 13 an input."""

    def operation(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
        values = inputs[0]
        axes = inputs[1].tolist() if len(inputs) > 1 and inputs[1] is not None else attributes.get("axes")
        axis = tuple(axes) if axes else tuple(range(values.ndim))
        found = function(values, axis=axis, keepdims=bool(attributes.get("keepdims", 1)))
        return [np.asarray(found, values.dtype)]

    return operation


def _arg(function: Callable[..., Any]) -> Operation:
    def operation(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
        axis, keep = attributes.get("axis", 0), bool(attributes.get("keepdims", 1))
        return [np.asarray(function(inputs[0], axis=axis, keepdims=keep), np.int64)]

    return operation


def _top_k(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    """Return the highest values and their places, of equal ones those that come first."""
    values, axis, k = _taken(inputs, attributes)
    keys = values if not attributes.get("largest", 1) else -values if values.dtype.kind == "f" else ~values
    chosen = _lowest(np.moveaxis(keys, axis, -1), k)
    places = np.moveaxis(chosen, -1, axis)
    return [np.take_along_axis(values, places, axis=axis), places.astype(np.int64)]


def _lowest(keys: Array, k: int) -> Array:
    """Return the places of the k lowest along the last axis, the lowest first, and of equal ones in their order."""
    if 0 < k < keys.shape[-1] // _FEW:
        some = np.sort(np.argpartition(keys, k - 1)[..., :k])
        found = np.take_along_axis(keys, some, -1)
        if ((keys <= found.max(axis=-1, keepdims=True)).sum(axis=-1) == k).all():  # else equal ones were left out
            return np.asarray(np.take_along_axis(some, np.argsort(found, kind="stable"), -1))
    return np.asarray(np.argsort(keys, kind="stable")[..., :k])


def _top_values(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    """Return the highest values alone, for which no places need to be put in order."""
    values, axis, k = _taken(inputs, attributes)
    keys, largest = np.moveaxis(values, axis, -1), attributes.get("largest", 1)
    n_values = keys.shape[-1]
    if 0 < k < n_values // _FEW:
        keys = np.partition(keys, n_values - k if largest else k - 1)
        keys = keys[..., n_values - k :] if largest else keys[..., :k]
    ordered = np.sort(keys)
    return [np.moveaxis(np.flip(ordered, -1)[..., :k] if largest else ordered[..., :k], -1, axis)]


def _taken(inputs: Sequence[Array], attributes: dict[str, Any]) -> tuple[Array, int, int]:
    """Return values, axis and number of the highest values that are wanted."""
    values, axis, k = inputs[0], attributes.get("axis", -1), int(inputs[1].reshape(-1)[0])
    if not 0 <= k <= values.shape[axis]:
        raise ValueError(f"an axis of {values.shape[axis]} values has no {k} highest ones")
    return values, axis, k


_FEW = 4  # the lowest of this part of an axis are found faster without putting all in order


def _cumulative(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], int(np.asarray(inputs[1]).reshape(-1)[0])
    turned = np.flip(values, axis) if attributes.get("reverse", 0) else values
    sums = np.cumsum(turned, axis=axis, dtype=values.dtype)
    if attributes.get("exclusive", 0):
        sums = sums - turned
    return [np.flip(sums, axis) if attributes.get("reverse", 0) else sums]


def _mean(values: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    total: Array = np.sum(values, axis=axis, keepdims=keepdims)
    n_values = math.prod(values.shape[one] for one in axis)
    return np.asarray(total / values.dtype.type(n_values) if values.dtype.kind == "f" else total // n_values)


def _log_sum_exp(values: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    highest = values.max(axis=axis, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, highest.dtype.type(0))
    total = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return np.asarray(total if keepdims else np.squeeze(total, axis))


def _log_softmax(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    (values,) = inputs
    return [values - _log_sum_exp(values, (attributes.get("axis", -1),), True)]


REDUCING: dict[str, Operation] = {
    "ArgMax": _arg(np.argmax),
    "ArgMin": _arg(np.argmin),
    "CumSum": _cumulative,
    "LogSoftmax": _log_softmax,
    "ReduceL2": _reduced(lambda values, **how: np.sqrt(np.square(values).sum(**how))),
    "ReduceLogSumExp": _reduced(_log_sum_exp),
    "ReduceMax": _reduced(np.maximum.reduce),
    "ReduceMean": _reduced(_mean),
    "ReduceMin": _reduced(np.minimum.reduce),
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.add.reduce),
    "ReduceSumSquare": _reduced(lambda values, **how: np.square(values).sum(**how)),
    "Softmax": lambda inputs, attributes: [np.exp(_log_softmax(inputs, attributes)[0])],
    "TopK": _top_k,
}

FIRST_ALONE: dict[str, Operation] = {"TopK": _top_values}
"""Operations that are faster where the first output alone is wanted."""
