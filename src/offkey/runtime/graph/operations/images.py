"""Operators over the space behind batch and channel: of signals, images and volumes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..graph import Array
from .form import Operation, check_size

__all__ = ["IMAGES"]

_FEW = 64  # places in a window


def _convolved(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    """Convolve as a matrix product over all windows, an input at a time, which keeps the windows in the cache."""
    x, weight, *bias = inputs
    groups = attributes.get("group", 1)
    if x.shape[1] != weight.shape[1] * groups or len(weight) % groups:
        raise ValueError(f"{x.shape[1]} channels do not fit {groups} groups of weights of {weight.shape[1]}")
    windows = _windows(x, weight.shape[2:], attributes, 0.0)
    matrices = weight.reshape(groups, len(weight) // groups, -1)
    space = windows.shape[2 : x.ndim]
    check_size(max(len(x) * len(weight), weight[0].size * groups) * math.prod(space))
    outputs = np.empty((len(x), len(weight), *space), x.dtype)
    n_axes = len(space)
    order = 0, *range(n_axes + 1, 2 * n_axes + 1), *range(1, n_axes + 1)  # channel and place in the window first
    for number in range(len(x)):
        columns = windows[number].transpose(order).reshape(groups, matrices.shape[2], -1)
        np.matmul(matrices, columns, out=outputs[number].reshape(groups, matrices.shape[1], -1))
    if bias and bias[0] is not None:
        outputs += bias[0].reshape(-1, *[1] * n_axes)
    return [outputs]


def _highest(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    (x,) = inputs
    kernel = attributes["kernel_shape"]
    windows = _windows(x, kernel, attributes, -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min)
    check_size(windows.size)
    if math.prod(kernel) > _FEW:
        return [windows.max(axis=tuple(range(x.ndim, windows.ndim)))]
    places = np.moveaxis(windows, range(x.ndim, windows.ndim), range(len(kernel)))
    first, *others = np.ndindex(*kernel)
    found = places[first].copy()
    for place in others:  # one pass over the output for each place in the window
        np.maximum(found, places[place], out=found)
    return [found]


def _mean_of_windows(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    (x,) = inputs
    kernel = attributes["kernel_shape"]
    windows = _windows(x, kernel, attributes, 0.0)
    check_size(windows.size)
    axes = tuple(range(x.ndim, windows.ndim))
    sums = windows.sum(axis=axes, dtype=x.dtype)
    if attributes.get("count_include_pad", 0):
        return [sums / x.dtype.type(math.prod(kernel))]
    ones = np.ones((1, 1, *x.shape[2:]), x.dtype)
    return [sums / _windows(ones, kernel, attributes, 0.0).sum(axis=axes, dtype=x.dtype)]


def _windows(x: Array, kernel: Sequence[int], attributes: dict[str, Any], fill: float) -> Array:
    """Return all windows, shape (n, channels, *places, *kernel), without copying more than the padding takes."""
    n_axes = len(kernel)
    if x.ndim != n_axes + 2 or min(kernel, default=0) < 1:
        raise ValueError(f"a window of shape {tuple(kernel)} does not fit an input of shape {x.shape}")
    if attributes.get("auto_pad", "NOTSET") != "NOTSET" or attributes.get("ceil_mode", 0):
        raise ValueError("expected pads that are numbers, and no window that stands half outside")
    ones = [1] * n_axes
    strides, dilations = attributes.get("strides", ones), attributes.get("dilations", ones)
    if min(*strides, *dilations) < 1 or not len(strides) == len(dilations) == n_axes:
        raise ValueError(f"strides {tuple(strides)} or dilations {tuple(dilations)} cannot be")
    pads = attributes.get("pads", [0] * 2 * n_axes)
    if any(pads):
        sides = list(zip(pads[:n_axes], pads[n_axes:], strict=True))
        check_size(x.shape[0] * x.shape[1] * math.prod(n + a + b for n, (a, b) in zip(x.shape[2:], sides, strict=True)))
        x = np.pad(x, ((0, 0), (0, 0), *sides), constant_values=fill)
    wide = tuple((length - 1) * step + 1 for length, step in zip(kernel, dilations, strict=True))
    windows = sliding_window_view(x, wide, axis=tuple(range(2, x.ndim)))
    every = [slice(None, None, step) for step in (*strides, *dilations)]
    found: Array = windows[(slice(None), slice(None), *every)]
    return found


def _global_mean(inputs: Sequence[Array], _attributes: dict[str, Any]) -> Sequence[Array]:
    (x,) = inputs
    mean = x.reshape(*x.shape[:2], -1).mean(axis=2)
    return [mean.reshape(*x.shape[:2], *[1] * (x.ndim - 2))]


def _normalised(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    x, weight, bias, mean, variance = inputs
    scale = weight / np.sqrt(variance + variance.dtype.type(attributes.get("epsilon", 1e-5)))
    shape = (-1, *[1] * (x.ndim - 2))
    return [x * scale.reshape(shape) + (bias - mean * scale).reshape(shape)]


def _resized(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    """Repeat each value: the nearest neighbour at whole scales, which some ways of rounding agree on."""
    x, _, scales, sizes, *_ = [*inputs, None, None, None]
    way = (
        attributes.get("coordinate_transformation_mode", "half_pixel"),
        attributes.get("nearest_mode", "round_prefer_floor"),
    )
    if attributes.get("mode", "nearest") != "nearest" or way not in _NEAREST:
        raise ValueError(f"expected the nearest neighbour, by one of {_NEAREST}")
    exact = np.asarray(sizes) / x.shape if scales is None or not scales.size else scales
    times = [round(float(one)) for one in exact]
    if len(times) != x.ndim or min(times) < 1 or any(exact != times):
        raise ValueError(f"expected scales that are whole numbers, found {exact.tolist()}")
    check_size(x.size * math.prod(times))
    for axis, several in enumerate(times):
        x = x.repeat(several, axis=axis) if several > 1 else x
    return [x]


_NEAREST = [("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil"), ("asymmetric", "floor")]


IMAGES: dict[str, Operation] = {
    "AveragePool": _mean_of_windows,
    "BatchNormalization": _normalised,
    "Conv": _convolved,
    "GlobalAveragePool": _global_mean,
    "MaxPool": _highest,
    "Resize": _resized,
}
