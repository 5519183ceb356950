"""The kinds of layer that a network can have, each a dict of JSON values.

Shapes are those behind the batch axis; two-dimensional layers take (channels, height, width), and pairs
are (height, width).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

__all__ = [
    "Layer",
    "batch_norm",
    "conv2d",
    "dense",
    "dropout",
    "flatten",
    "global_mean",
    "max_pool2d",
    "relu",
    "reshape",
    "residual",
    "upsample2d",
]

Layer: TypeAlias = dict[str, Any]
Pair: TypeAlias = tuple[int, int]


def dense(inputs: int, outputs: int, *, bias: bool = True) -> Layer:
    """Return a fully connected layer: (inputs,) to (outputs,)."""
    return {"kind": "dense", "inputs": inputs, "outputs": outputs, "bias": bias}


def batch_norm(features: int) -> Layer:
    """Return batch normalisation over the first axis behind the batch, of length `features` (Ioffe & Szegedy 2015)."""
    return {"kind": "batch_norm", "features": features}


def relu() -> Layer:
    """Return the rectifier, max(x, 0)."""
    return {"kind": "relu"}


def conv2d(
    inputs: int,
    outputs: int,
    *,
    kernel: Pair = (3, 3),
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    bias: bool = True,
) -> Layer:
    """Return a convolution, zero-padded: (inputs, h, w) to (outputs, h', w') with h' = (h + 2 p - k) // s + 1."""
    return {
        "kind": "conv2d",
        "inputs": inputs,
        "outputs": outputs,
        "kernel": list(kernel),
        "stride": list(stride),
        "padding": list(padding),
        "bias": bias,
    }


def max_pool2d(kernel: Pair, *, stride: Pair | None = None, padding: Pair = (0, 0)) -> Layer:
    """Return the maximum over windows of `kernel`; by default they do not overlap. The padding is never the maximum."""
    return {"kind": "max_pool2d", "kernel": list(kernel), "stride": list(stride or kernel), "padding": list(padding)}


def upsample2d(scale: Pair) -> Layer:
    """Return each value repeated `scale` times: the nearest neighbour."""
    return {"kind": "upsample2d", "scale": list(scale)}


def global_mean() -> Layer:
    """Return the mean over all axes but the first: (channels, ...) to (channels,)."""
    return {"kind": "global_mean"}


def flatten() -> Layer:
    """Return all axes as one."""
    return {"kind": "flatten"}


def reshape(shape: Sequence[int]) -> Layer:
    """Return the values in another shape, in the same order."""
    return {"kind": "reshape", "shape": list(shape)}


def residual(body: Sequence[Layer], shortcut: Sequence[Layer] = ()) -> Layer:
    """Return the sum of two paths; an empty shortcut passes its input on (He et al. 2016, eq. 1 and 2)."""
    return {"kind": "residual", "body": list(body), "shortcut": list(shortcut)}


def dropout(share: float) -> Layer:
    """Return what in training sets a share of values to zero (Srivastava et al. 2014), and else does nothing."""
    return {"kind": "dropout", "share": share}
