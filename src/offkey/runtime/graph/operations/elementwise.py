"""Operators that work number by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import DTYPES, Array
from .form import LARGEST, Operation, check_size

__all__ = ["ELEMENTWISE"]


def _by_number(function: Callable[..., Any]) -> Operation:
    """Return the operation of a function of its inputs alone, which have the shape of the widest."""

    def operation(inputs: Sequence[Any], _attributes: dict[str, Any]) -> Sequence[Array]:
        if len(inputs) == 2 and inputs[0].size * inputs[1].size <= LARGEST:  # in whatever way they go together
            return [function(*inputs)]
        if len(inputs) > 1:
            check_size(np.broadcast(*(one for one in inputs if one is not None)).size)
        return [function(*inputs)]

    return operation


def _divide(a: Array, b: Array) -> Array:
    if a.dtype.kind not in "iu":
        return np.asarray(np.divide(a, b))
    whole = np.abs(a) // np.abs(b)  # towards zero, as in C
    return np.asarray(whole * np.sign(a) * np.sign(b), a.dtype)


def _mod(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return _by_number(np.fmod if attributes.get("fmod", 0) else np.mod)(inputs, {})


def _clip(values: Array, low: Array | None = None, high: Array | None = None) -> Array:
    lifted = values if low is None else np.maximum(values, low)
    return np.asarray(lifted if high is None else np.minimum(lifted, high))


def _cast(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [inputs[0].astype(DTYPES[attributes["to"]])]


def _dequantised(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, scale, *zero = inputs
    if np.ndim(scale):
        shape = [1] * values.ndim
        shape[attributes.get("axis", 1)] = len(scale)
        scale, zero = scale.reshape(shape), [one.reshape(shape) for one in zero if one is not None]
    moved = values.astype(np.int32) - zero[0].astype(np.int32) if zero and zero[0] is not None else values
    return [np.multiply(moved, scale, dtype=scale.dtype)]


ELEMENTWISE: dict[str, Operation] = {
    "Abs": _by_number(np.abs),
    "Add": _by_number(np.add),
    "And": _by_number(np.logical_and),
    "Cast": _cast,
    "Ceil": _by_number(np.ceil),
    "Clip": _by_number(_clip),
    "Cos": _by_number(np.cos),
    "DequantizeLinear": _dequantised,
    "Div": _by_number(_divide),
    "Equal": _by_number(np.equal),
    "Exp": _by_number(np.exp),
    "Floor": _by_number(np.floor),
    "Greater": _by_number(np.greater),
    "GreaterOrEqual": _by_number(np.greater_equal),
    "Identity": _by_number(np.asarray),
    "Less": _by_number(np.less),
    "LessOrEqual": _by_number(np.less_equal),
    "Log": _by_number(np.log),
    "Max": _by_number(lambda *several: np.asarray(_over(np.maximum, several))),
    "Min": _by_number(lambda *several: np.asarray(_over(np.minimum, several))),
    "Mod": _mod,
    "Mul": _by_number(np.multiply),
    "Neg": _by_number(np.negative),
    "Not": _by_number(np.logical_not),
    "Or": _by_number(np.logical_or),
    "Pow": _by_number(lambda base, power: np.power(base, power).astype(base.dtype)),
    "Reciprocal": _by_number(lambda values: 1 / values),
    "Relu": _by_number(lambda values: np.maximum(values, values.dtype.type(0))),
    "Round": _by_number(np.rint),
    "Sigmoid": _by_number(lambda values: 1 / (1 + np.exp(-values))),
    "Sign": _by_number(np.sign),
    "Sin": _by_number(np.sin),
    "Sqrt": _by_number(np.sqrt),
    "Sub": _by_number(np.subtract),
    "Tanh": _by_number(np.tanh),
    "Where": _by_number(np.where),
}


def _over(function: np.ufunc, several: Sequence[Array]) -> Array:
    found = several[0]
    for one in several[1:]:
        found = function(found, one)
    return found
