"""Operators that move numbers about and change no number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation, plain

__all__ = ["SHAPING"]


def _reshape(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, wanted = inputs[0], [int(one) for one in inputs[1]]
    if not attributes.get("allowzero", 0):  # 0 copies the length of the axis at the same place
        wanted = [values.shape[place] if length == 0 else length for place, length in enumerate(wanted)]
    return [values.reshape(wanted)]


def _slice(inputs: Sequence[Any], _attributes: dict[str, Any]) -> Sequence[Array]:
    values, starts, ends, *more = inputs
    axes = more[0] if more and more[0] is not None else range(len(starts))
    steps = more[1] if len(more) > 1 and more[1] is not None else [1] * len(starts)
    cut = [slice(None)] * values.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        stop = None if step < 0 and end < -values.shape[int(axis)] else int(end)
        cut[int(axis)] = slice(int(start), stop, int(step))
    return [values[tuple(cut)]]


def _gather(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.take(inputs[0], inputs[1], axis=attributes.get("axis", 0))]


def _gather_elements(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.take_along_axis(inputs[0], inputs[1], axis=attributes.get("axis", 0))]


def _squeeze(inputs: Sequence[Any], _attributes: dict[str, Any]) -> Sequence[Array]:
    axes = None if len(inputs) < 2 or inputs[1] is None else tuple(int(one) for one in inputs[1])
    return [np.squeeze(inputs[0], axes)]


def _pad(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    values, pads, *more = inputs
    sides = np.asarray(pads).reshape(2, -1).T.tolist()
    mode = attributes.get("mode", "constant")
    if mode != "constant":
        return [np.pad(values, sides, mode=mode)]
    fill = more[0].reshape(-1)[0] if more and more[0] is not None else 0
    return [np.pad(values, sides, constant_values=fill)]


def _split(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], attributes.get("axis", 0)
    ends = np.cumsum(inputs[1])[:-1] if len(inputs) > 1 and inputs[1] is not None else 2
    return np.split(values, ends, axis=axis)


def _flatten(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    values, axis = inputs[0], attributes.get("axis", 1)
    return [values.reshape(int(np.prod(values.shape[:axis])), -1)]


def _constant(_inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.asarray(attributes["value"])]


def _constant_of_shape(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    value = np.asarray(attributes.get("value", np.zeros(1, np.float32)))
    return [np.full([int(one) for one in inputs[0]], value.reshape(-1)[0])]


SHAPING: dict[str, Operation] = {
    "Concat": lambda inputs, attributes: [np.concatenate(inputs, axis=attributes["axis"])],
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Expand": plain(lambda values, shape: np.broadcast_to(values, np.broadcast_shapes(values.shape, tuple(shape)))),
    "Flatten": _flatten,
    "Gather": _gather,
    "GatherElements": _gather_elements,
    "Pad": _pad,
    "Range": plain(lambda start, stop, step: np.arange(start, stop, step)),
    "Reshape": _reshape,
    "Shape": plain(lambda values: np.array(np.shape(values), np.int64)),
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": plain(lambda values, repeats: np.tile(values, repeats)),
    "Transpose": lambda inputs, attributes: [inputs[0].transpose(attributes.get("perm"))],
    "Unsqueeze": plain(lambda values, axes: np.expand_dims(values, tuple(int(one) for one in axes))),
}
