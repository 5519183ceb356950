"""Layers and their weights as a graph of ONNX operators."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.graph import Builder
from offkey.learned.network.layers import Layer
from offkey.runtime.graph import Graph

__all__ = ["FEATURES", "INPUT", "OUTPUT", "layer_graph"]

INPUT, FEATURES, OUTPUT = "input", "features", "output"
"""Names of what a network takes, of what its last layer takes, and of what that gives."""

_EPSILON = np.float32(1e-5)  # torch's default in batch normalisation

Weights = Mapping[str, NDArray[np.float32]]
Shape = tuple[int, ...]


def layer_graph(layers: Sequence[Layer], arrays: Weights, shape: Sequence[int], *, fold: bool = True) -> Graph:
    """Return a network as a graph, as torch runs it in evaluation mode.

    Parameters
    ----------
    layers : sequence of dict
        As in `offkey.learned.network.layers`.
    arrays : mapping of str to ndarray
        Weights by torch's names, such as ``"3.body.1.running_mean"``.
    shape : sequence of int
        Shape of an input, behind the batch.
    fold : bool, default True
        Whether batch normalisation goes into the weights of the layer before it, where that has weights. Without it
        each number is rounded as in versions that kept layers.

    Returns
    -------
    Graph
        With the tensors `INPUT`, `FEATURES` and `OUTPUT`.
    """
    b, own = Builder(), tuple(int(length) for length in shape)
    *first, last = _with_weights(layers, arrays, "", fold)
    x, between = _added(b, first, b.input(INPUT, np.float32, ("batch", *own)), own)
    y, end = _added(b, [last], b("Identity", x, name=FEATURES), between)
    b.output(y, OUTPUT, np.float32, ("batch", *end))
    return b.graph()


def _with_weights(layers: Sequence[Layer], arrays: Weights, prefix: str, fold: bool) -> list[Layer]:
    """Return layers with their weights in them; `prefix` stands before a layer's number in the names of its weights."""
    found: list[Layer] = []
    for number, layer in enumerate(layers):
        kind, name = layer["kind"], f"{prefix}{number}."
        if kind == "residual":
            paths = {path: _with_weights(layer[path], arrays, f"{name}{path}.", fold) for path in ("body", "shortcut")}
            found.append({**layer, **paths})
        elif kind == "batch_norm":
            norm = _normalisation(arrays, name)
            if fold and found and found[-1]["kind"] in ("dense", "conv2d"):
                found[-1] = _folded(found[-1], **norm)
            else:
                found.append({"kind": kind, **norm})
        elif kind in ("dense", "conv2d"):
            bias = arrays[f"{name}bias"] if layer["bias"] else None
            found.append({**layer, "weight": arrays[f"{name}weight"], "bias": bias})
        elif kind != "dropout":  # which does nothing but in training
            found.append(layer)
    return found


def _normalisation(arrays: Weights, name: str) -> dict[str, NDArray[np.float32]]:
    """Return what values are multiplied by, and what is added then."""
    scale = arrays[f"{name}weight"] / np.sqrt(arrays[f"{name}running_var"] + _EPSILON)
    return {"scale": scale, "shift": arrays[f"{name}bias"] - arrays[f"{name}running_mean"] * scale}


def _folded(layer: Layer, scale: NDArray[np.float32], shift: NDArray[np.float32]) -> Layer:
    """Return a layer whose outputs are multiplied and moved."""
    weight = layer["weight"] * scale.reshape(-1, *[1] * (layer["weight"].ndim - 1))
    bias = shift if layer["bias"] is None else layer["bias"] * scale + shift
    return {**layer, "weight": weight, "bias": bias}


def _added(b: Builder, layers: Sequence[Layer], x: str, shape: Shape) -> tuple[str, Shape]:
    for layer in layers:
        x, shape = _KINDS[layer["kind"]](b, layer, x, shape)
    return x, shape


def _dense(b: Builder, layer: Layer, x: str, _shape: Shape) -> tuple[str, Shape]:
    return b("Gemm", x, *_weights(b, layer), transB=1), (len(layer["weight"]),)


def _conv2d(b: Builder, layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    space = _space(layer, shape)
    window = {"kernel_shape": layer["kernel"], "strides": layer["stride"], "pads": 2 * list(layer["padding"])}
    return b("Conv", x, *_weights(b, layer), **window), (len(layer["weight"]), *space)


def _max_pool2d(b: Builder, layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    window = {"kernel_shape": layer["kernel"], "strides": layer["stride"], "pads": 2 * list(layer["padding"])}
    return b("MaxPool", x, **window), (shape[0], *_space(layer, shape))


def _batch_norm(b: Builder, layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    scale, shift = (layer[one].reshape(-1, *[1] * (len(shape) - 1)) for one in ("scale", "shift"))
    return b("Add", b("Mul", x, b.weight(scale)), b.weight(shift)), shape


def _relu(b: Builder, _layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    return b("Relu", x), shape


def _upsample2d(b: Builder, layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    high, wide = layer["scale"]
    scales = b.weight([1, 1, high, wide], np.float32)
    way: dict[str, Any] = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor", "mode": "nearest"}
    return b("Resize", x, "", scales, **way), (shape[0], shape[1] * high, shape[2] * wide)


def _global_mean(b: Builder, _layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    return b("Flatten", b("GlobalAveragePool", x), axis=1), shape[:1]


def _flatten(b: Builder, _layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    return b("Flatten", x, axis=1), (math.prod(shape),)


def _reshape(b: Builder, layer: Layer, x: str, _shape: Shape) -> tuple[str, Shape]:
    return b("Reshape", x, b.weight([0, *layer["shape"]])), tuple(layer["shape"])


def _residual(b: Builder, layer: Layer, x: str, shape: Shape) -> tuple[str, Shape]:
    body, end = _added(b, layer["body"], x, shape)
    shortcut, _ = _added(b, layer["shortcut"], x, shape)
    return b("Add", body, shortcut), end


def _weights(b: Builder, layer: Layer) -> list[str]:
    return [b.weight(layer[one], np.float32) for one in ("weight", "bias") if layer[one] is not None]


def _space(layer: Layer, shape: Shape) -> list[int]:
    sides = zip(shape[1:], layer["kernel"], layer["stride"], layer["padding"], strict=True)
    return [(length + 2 * padding - kernel) // stride + 1 for length, kernel, stride, padding in sides]


_KINDS: dict[str, Callable[[Builder, Layer, str, Shape], tuple[str, Shape]]] = {
    "dense": _dense,
    "batch_norm": _batch_norm,
    "relu": _relu,
    "conv2d": _conv2d,
    "max_pool2d": _max_pool2d,
    "upsample2d": _upsample2d,
    "global_mean": _global_mean,
    "flatten": _flatten,
    "reshape": _reshape,
    "residual": _residual,
}
