"""Operators that take many numbers to few, and that put them in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation

__all__ = ["REDUCING"]


def _reduced(function: Callable[..., Any]) -> Operation:
    """Return the operation that reduces some axes, all by default: an attribute, or as of version 13 an input."""

    def operation(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
        values = inputs[0]
        axes = inputs[1] if len(inputs) > 1 and inputs[1] is not None else attributes.get("axes")
        axis = tuple(range(values.ndim)) if axes is None or not len(axes) else tuple(int(one) for one in axes)
        found = function(values, axis=axis, keepdims=bool(attributes.get("keepdims", 1)))
        return [np.asarray(found, values.dtype)]

    return operation


def _arg(function: Callable[..., Any]) -> Operation:
    def operation(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
        axis, keep = attributes.get("axis", 0), bool(attributes.get("keepdims", 1))
        return [np.asarray(function(inputs[0], axis=axis, keepdims=keep), np.int64)]

    return operation


def _top_k(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis, k = inputs[0], attributes.get("axis", -1), int(inputs[1].reshape(-1)[0])
    largest = attributes.get("largest", 1)
    order = np.argsort(-values if largest else values, axis=axis, kind="stable")
    chosen = np.take(order, np.arange(k), axis=axis)
    return [np.take_along_axis(values, chosen, axis=axis), chosen.astype(np.int64)]


def _cumulative(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], int(np.asarray(inputs[1]).reshape(-1)[0])
    turned = np.flip(values, axis) if attributes.get("reverse", 0) else values
    sums = np.cumsum(turned, axis=axis, dtype=values.dtype)
    if attributes.get("exclusive", 0):
        sums = sums - turned
    return [np.flip(sums, axis) if attributes.get("reverse", 0) else sums]


def _log_sum_exp(values: Array, axis: tuple[int, ...], keepdims: bool) -> Array:
    highest = values.max(axis=axis, keepdims=True)
    total = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return np.asarray(total if keepdims else np.squeeze(total, axis))


REDUCING: dict[str, Operation] = {
    "ArgMax": _arg(np.argmax),
    "ArgMin": _arg(np.argmin),
    "CumSum": _cumulative,
    "ReduceL2": _reduced(lambda values, **how: np.sqrt(np.square(values).sum(**how))),
    "ReduceLogSumExp": _reduced(_log_sum_exp),
    "ReduceMax": _reduced(np.max),
    "ReduceMean": _reduced(np.mean),
    "ReduceMin": _reduced(np.min),
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceSumSquare": _reduced(lambda values, **how: np.square(values).sum(**how)),
    "TopK": _top_k,
}
