"""Operators that work number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation, plain

__all__ = ["DTYPES", "ELEMENTWISE"]

DTYPES: dict[int, type[np.generic]] = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    5: np.int16,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
}
"""Types of ONNX's tensors by their numbers, ``TensorProto.DataType``."""


def _divide(a: Array, b: Array) -> Array:
    if a.dtype.kind not in "iu":
        return np.asarray(a / b)
    whole = np.abs(a) // np.abs(b)  # towards zero, as in C
    return np.asarray(whole * np.sign(a) * np.sign(b), a.dtype)


def _mod(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.fmod(*inputs) if attributes.get("fmod", 0) else np.mod(*inputs)]


def _clip(values: Array, low: Array | None = None, high: Array | None = None) -> Array:
    lifted = values if low is None else np.maximum(values, low)
    return np.asarray(lifted if high is None else np.minimum(lifted, high))


def _cast(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [inputs[0].astype(DTYPES[attributes["to"]])]


def _dequantised(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, scale, *zero = inputs
    if np.ndim(scale):
        shape = [1] * values.ndim
        shape[attributes.get("axis", 1)] = -1
        scale, zero = scale.reshape(shape), [one.reshape(shape) for one in zero if one is not None]
    moved = values.astype(np.int32) - zero[0].astype(np.int32) if zero and zero[0] is not None else values
    return [(moved * scale).astype(scale.dtype)]


ELEMENTWISE: dict[str, Operation] = {
    "Abs": plain(np.abs),
    "Add": plain(np.add),
    "And": plain(np.logical_and),
    "Cast": _cast,
    "Ceil": plain(np.ceil),
    "Clip": plain(_clip),
    "Cos": plain(np.cos),
    "DequantizeLinear": _dequantised,
    "Div": plain(_divide),
    "Equal": plain(np.equal),
    "Exp": plain(np.exp),
    "Floor": plain(np.floor),
    "Greater": plain(np.greater),
    "GreaterOrEqual": plain(np.greater_equal),
    "Identity": plain(np.asarray),
    "Less": plain(np.less),
    "LessOrEqual": plain(np.less_equal),
    "Log": plain(np.log),
    "Max": plain(lambda *several: np.asarray(_over(np.maximum, several))),
    "Min": plain(lambda *several: np.asarray(_over(np.minimum, several))),
    "Mod": _mod,
    "Mul": plain(np.multiply),
    "Neg": plain(np.negative),
    "Not": plain(np.logical_not),
    "Or": plain(np.logical_or),
    "Pow": plain(lambda base, power: np.power(base, power).astype(base.dtype)),
    "Reciprocal": plain(lambda values: 1 / values),
    "Relu": plain(lambda values: np.maximum(values, values.dtype.type(0))),
    "Round": plain(np.rint),
    "Sigmoid": plain(lambda values: 1 / (1 + np.exp(-values))),
    "Sign": plain(np.sign),
    "Sin": plain(np.sin),
    "Sqrt": plain(np.sqrt),
    "Sub": plain(np.subtract),
    "Tanh": plain(np.tanh),
    "Where": plain(np.where),
}


def _over(function: np.ufunc, several: Sequence[Array]) -> Array:
    found = several[0]
    for one in several[1:]:
        found = function(found, one)
    return found
