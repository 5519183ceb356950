"""Operators that move numbers about and change no number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation, check_size, plain

__all__ = ["SHAPING"]


def _reshape(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, wanted = inputs[0], inputs[1].tolist()
    if not attributes.get("allowzero", 0):  # 0 copies the length of the axis at the same place
        wanted = [values.shape[place] if length == 0 else length for place, length in enumerate(wanted)]
    return [values.reshape(wanted)]


def _slice(inputs: Sequence[Any], _attributes: dict[str, Any]) -> Sequence[Array]:
    values, starts, ends, *more = inputs
    axes = more[0].tolist() if more and more[0] is not None else range(len(starts))
    steps = more[1].tolist() if len(more) > 1 and more[1] is not None else [1] * len(starts)
    cut = [slice(None)] * values.ndim
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes, steps, strict=True):
        stop = None if step < 0 and end < -values.shape[axis] else end
        cut[axis] = slice(start, stop, step)
    return [values[tuple(cut)]]


def _gather(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, places = inputs
    axis = attributes.get("axis", 0)
    check_size(places.size * (values.size // max(1, values.shape[axis])))
    return [np.take(values, places, axis=axis)]


def _gather_elements(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, places = inputs
    axis = range(values.ndim)[attributes.get("axis", 0)]
    cut = [slice(length) for length in places.shape]
    cut[axis] = slice(None)
    values = values[tuple(cut)]
    if any(n != m for one, (n, m) in enumerate(zip(values.shape, places.shape, strict=True)) if one != axis):
        raise ValueError("there are more places than values along an axis")
    return [np.take_along_axis(values, places, axis=axis)]


def _concatenated(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    check_size(sum(one.size for one in inputs))
    return [np.concatenate(inputs, axis=attributes["axis"])]


def _expand(inputs: Sequence[Array], _attributes: dict[str, Any]) -> Sequence[Array]:
    """Return a view, in which no number is there twice."""
    shape = np.broadcast_shapes(inputs[0].shape, tuple(inputs[1].tolist()))
    check_size(math.prod(shape))
    return [np.broadcast_to(inputs[0], shape)]


def _tile(inputs: Sequence[Array], _attributes: dict[str, Any]) -> Sequence[Array]:
    values, repeats = inputs[0], inputs[1].tolist()
    check_size(values.size * math.prod(repeats))
    return [np.tile(values, repeats)]


def _range(inputs: Sequence[Array], _attributes: dict[str, Any]) -> Sequence[Array]:
    start, stop, step = (one.reshape(-1)[0] for one in inputs)
    n_values = max(0, math.ceil((float(stop) - float(start)) / float(step)))
    check_size(n_values)
    return [(start + np.arange(n_values).astype(start.dtype) * step).astype(start.dtype)]


def _squeeze(inputs: Sequence[Any], _attributes: dict[str, Any]) -> Sequence[Array]:
    axes = None if len(inputs) < 2 or inputs[1] is None else tuple(inputs[1].tolist())
    return [np.squeeze(inputs[0], axes)]


def _pad(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    values, pads, *more = inputs
    sides = np.asarray(pads).reshape(2, -1).T.tolist()
    check_size(math.prod(length + sum(side) for length, side in zip(values.shape, sides, strict=True)))
    mode = attributes.get("mode", "constant")
    if mode == "constant":
        fill = more[0].reshape(-1)[0] if more and more[0] is not None else 0
        return [np.pad(values, sides, constant_values=fill)]
    if any(max(side) >= length for length, side in zip(values.shape, sides, strict=True)) and mode == "reflect":
        raise ValueError(f"a padding of {sides} cannot be reflected")
    if mode not in ("edge", "reflect"):
        raise ValueError(f"expected one of the modes constant, edge and reflect, found {mode}")
    return [np.pad(values, sides, mode="edge" if mode == "edge" else "reflect")]


def _split(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], attributes.get("axis", 0)
    if len(inputs) < 2 or inputs[1] is None:
        raise ValueError("expected the lengths of the parts")
    lengths = inputs[1].tolist()
    if min(lengths, default=0) < 0 or sum(lengths) != values.shape[axis]:
        raise ValueError(f"parts of {lengths} are not an axis of {values.shape[axis]}")
    turned = values.swapaxes(0, axis)
    ends = list(accumulate(lengths))
    return [turned[end - length : end].swapaxes(0, axis) for length, end in zip(lengths, ends, strict=True)]


def _flatten(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], attributes.get("axis", 1)
    first = values.shape[:axis]
    return [values.reshape(math.prod(first), math.prod(values.shape[len(first) :]))]


def _shape(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.array(inputs[0].shape[attributes.get("start", 0) : attributes.get("end")], np.int64)]


def _constant(_inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    (value,) = attributes.values()
    dtype = {int: np.int64, float: np.float32, tuple: np.int64 if attributes.get("value_ints") else np.float32}
    return [np.asarray(value, dtype.get(type(value)))]


def _constant_of_shape(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    value, shape = np.asarray(attributes.get("value", np.zeros(1, np.float32))), inputs[0].tolist()
    check_size(math.prod(shape))
    return [np.full(shape, value.reshape(-1)[0])]


def _transpose(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [inputs[0].transpose(attributes.get("perm"))]


SHAPING: dict[str, Operation] = {
    "Concat": _concatenated,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "Pad": _pad,
    "Range": _range,
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": plain(lambda values, axes: np.expand_dims(values, tuple(axes.tolist()))),
}
