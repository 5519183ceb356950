"""Networks run by numpy, in single precision, as torch runs them in evaluation mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from offkey.learned.network.layers import Layer

__all__ = ["forward"]

Array: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = Mapping[str, Array]

_EPSILON = np.float32(1e-5)  # torch's default in batch normalisation
_MOST = 2**27  # values of an array; layers may come from a file that is not trusted


def forward(layers: Sequence[Layer], arrays: Weights, x: Array, prefix: str = "") -> Array:
    """Run layers one after the other; `prefix` stands before a layer's number in the names of its weights."""
    for number, layer in enumerate(layers):
        x = _KINDS[layer["kind"]](layer, arrays, x, f"{prefix}{number}.")
    return x


def _dense(layer: Layer, arrays: Weights, x: Array, name: str) -> Array:
    outputs: Array = x @ arrays[f"{name}weight"].T
    return outputs + arrays[f"{name}bias"] if layer["bias"] else outputs


def _batch_norm(_layer: Layer, arrays: Weights, x: Array, name: str) -> Array:
    scale = arrays[f"{name}weight"] / np.sqrt(arrays[f"{name}running_var"] + _EPSILON)
    shift = arrays[f"{name}bias"] - arrays[f"{name}running_mean"] * scale
    shape = (-1,) + (1,) * (x.ndim - 2)
    normalised: Array = x * scale.reshape(shape) + shift.reshape(shape)
    return normalised


def _relu(_layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    return np.maximum(x, np.float32(0))


def _conv2d(layer: Layer, arrays: Weights, x: Array, name: str) -> Array:
    """Convolve as a matrix product over all windows, a clip at a time, which keeps the windows in the cache."""
    weight = arrays[f"{name}weight"]
    matrix = weight.reshape(len(weight), -1)
    windows = _windows(_padded(x, layer["padding"], 0.0), layer["kernel"], layer["stride"])
    n, _, height, width = windows.shape[:4]
    _check_size(n * max(len(weight), matrix.shape[1]) * height * width)
    outputs = np.empty((n, len(weight), height, width), np.float32)
    for clip in range(n):
        columns = windows[clip].transpose(0, 3, 4, 1, 2).reshape(matrix.shape[1], -1)
        outputs[clip] = (matrix @ columns).reshape(-1, height, width)
    return outputs + arrays[f"{name}bias"][:, None, None] if layer["bias"] else outputs


def _max_pool2d(layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    padded = _padded(x, layer["padding"], -np.inf)
    pooled: Array = _windows(padded, layer["kernel"], layer["stride"]).max(axis=(4, 5))
    return pooled


def _upsample2d(layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    high, wide = layer["scale"]
    _check_size(x.size * high * wide)
    return x.repeat(high, axis=2).repeat(wide, axis=3)


def _global_mean(_layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    mean: Array = x.reshape(*x.shape[:2], -1).mean(axis=2)
    return mean


def _flatten(_layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    return x.reshape(len(x), -1)


def _reshape(layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    return x.reshape(len(x), *layer["shape"])


def _residual(layer: Layer, arrays: Weights, x: Array, name: str) -> Array:
    body = forward(layer["body"], arrays, x, f"{name}body.")
    return body + forward(layer["shortcut"], arrays, x, f"{name}shortcut.")


def _dropout(_layer: Layer, _arrays: Weights, x: Array, _name: str) -> Array:
    return x


def _padded(x: Array, padding: Sequence[int], value: float) -> Array:
    high, wide = padding
    _check_size(len(x) * x.shape[1] * (x.shape[2] + 2 * high) * (x.shape[3] + 2 * wide))
    return np.pad(x, ((0, 0), (0, 0), (high, high), (wide, wide)), constant_values=value) if high or wide else x


def _check_size(n_values: int) -> None:
    if n_values > _MOST:
        raise ValueError(f"a layer of the network would make {n_values} values")


def _windows(x: Array, kernel: Sequence[int], stride: Sequence[int]) -> Array:
    """Return all windows, shape (n, channels, height, width, kernel height, kernel width), without copying."""
    return sliding_window_view(x, tuple(kernel), axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


_KINDS: dict[str, Callable[[Layer, Weights, Array, str], Array]] = {
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
    "dropout": _dropout,
}
