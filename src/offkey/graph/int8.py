"""Weights of eight bits in place of those of 32 or 64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.graph.builder import NUMBERS
from offkey.runtime.graph import Graph, Node, run

__all__ = ["Rounding", "quantise", "rounded", "roundings"]

_MOST = 127

_OF_ROWS = {"Gather", "Reshape", "Transpose"}  # by which a product, or a choice, takes clips and axes as rows

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Rounding:
    """The cost of rounding one weight of a graph to eight bits.

    `shape`: its shape.
    `bytes_before`, `bytes_after`: its size, the scales included.
    `error`: root mean square of what rounding changed, as a share of the root mean square of the weight.
    `largest`: the largest change of a number, as a share of the largest number.
    """

    shape: tuple[int, ...]
    bytes_before: int
    bytes_after: int
    error: float
    largest: float


def quantise(graph: Graph, *, least: int = 1024, after: str | None = None) -> Graph:
    """Return a graph whose large weights are whole numbers from -127 to 127, with a scale for each output channel.

    Weights of ``MatMul``, ``Gemm`` and ``Conv`` alone, and matrices that ``Transpose``, ``Reshape`` and ``Gather`` take
    as rows, such as clips: other operators go on as before, and biases keep their bits. Where a weight is taken in
    several ways, its rows are the channels. The operators work as before, too, on what ``DequantizeLinear`` makes of
    the whole numbers, in their own precision.

    Parameters
    ----------
    graph : Graph
        With weights in single or double precision.
    least : int, default 1024
        Weights of fewer numbers stay as they are.
    after : str, optional
        Name of a tensor: only operators that depend on it get such weights, such as those of a detector behind
        the features of a clip, whose Fourier transform must stay exact. By default all.

    Returns
    -------
    Graph
        Of the same inputs and outputs. How far it is from the other, `roundings` says.

    Raises
    ------
    ValueError
        If the graph has no tensor `after`.

    Notes
    -----
    Symmetric, to the nearest whole number: B. Jacob et al., "Quantization and training of neural networks for efficient
    integer-arithmetic-only inference", CVPR 2018, section 2.1, with a zero point of 0 and a scale for each channel (R.
    Krishnamoorthi, "Quantizing deep convolutional networks for efficient inference", arXiv 1806.08342, section 3.1.2).
    """
    axes = _channel_axes(graph, after)
    chosen = {
        name: axis
        for name, axis in axes.items()
        if graph.weights[name].size >= least and graph.weights[name].dtype in (np.float32, np.float64)
    }
    weights, first = {name: array for name, array in graph.weights.items() if name not in chosen}, list[Node]()
    for name, axis in chosen.items():
        added, nodes = _in_eight_bits(name, graph.weights[name], axis)
        weights |= added
        first += nodes
    return replace(graph, nodes=(*first, *graph.nodes), weights=weights)


def _in_eight_bits(name: str, array: Floats, axis: int) -> tuple[dict[str, Any], list[Node]]:
    """Return the weights that stand for one, and the operators that make it of them again.

    Channels never stand last: what ONNX Runtime finds between such weights and a product it replaces by a product that
    rounds its other factor to eight bits, too, which costs half a percent (its version 1.31, ``MatMulNBits``).
    """
    turned = axis == array.ndim - 1
    whole, scales = rounded(np.swapaxes(array, -1, -2) if turned else array, axis - turned)
    nodes = [Node("DequantizeLinear", (f"{name}_int8", f"{name}_scale"), (f"{name}_single",), {"axis": axis - turned})]
    if turned:
        order = (*range(array.ndim - 2), array.ndim - 1, array.ndim - 2)
        nodes.append(Node("Transpose", nodes[-1].outputs, (f"{name}_turned",), {"perm": order}))
    if array.dtype != np.float32:  # which is what the operator gives
        nodes.append(Node("Cast", nodes[-1].outputs, (f"{name}_double",), {"to": NUMBERS[array.dtype]}))
    nodes[-1] = replace(nodes[-1], outputs=(name,))
    return {f"{name}_int8": np.ascontiguousarray(whole), f"{name}_scale": scales}, nodes


def rounded(weights: Floats, axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return weights as whole numbers from -127 to 127, and the scale of each index of an axis; see `quantise`.

    Parameters
    ----------
    weights : ndarray
        Of any shape.
    axis : int
        The axis of output channels.

    Returns
    -------
    ndarray of int8
        Of the same shape.
    ndarray of float32
        By which the whole numbers are multiplied, shape (n_channels,).
    """
    others = tuple(place for place in range(weights.ndim) if place != axis % weights.ndim)
    most = np.abs(weights).max(axis=others, keepdims=True)
    scales = np.where(most > 0, most / np.float32(_MOST), np.float32(1)).astype(np.float32)
    whole = np.clip(np.rint(weights / scales), -_MOST, _MOST).astype(np.int8)
    return whole, scales.reshape(-1)


def roundings(before: Graph, after: Graph) -> dict[str, Rounding]:
    """Return how the weights were rounded that `quantise` gave eight bits, by their names."""
    names = [name for name in before.weights if name not in after.weights]
    found = run(after, {}, names)  # which depend on no input
    return {name: _rounding(before.weights[name], array, after, name) for name, array in found.items()}


def _rounding(exact: Floats, found: Floats, after: Graph, name: str) -> Rounding:
    change, largest = found.astype(np.float64) - exact, float(np.abs(exact).max())
    energy = float(np.square(exact, dtype=np.float64).mean())
    return Rounding(
        exact.shape,
        exact.nbytes,
        after.weights[f"{name}_int8"].nbytes + after.weights[f"{name}_scale"].nbytes,
        float(np.sqrt(np.square(change).mean() / energy)) if energy else 0.0,
        float(np.abs(change).max()) / largest if largest else 0.0,
    )


def _channel_axes(graph: Graph, after: str | None) -> dict[str, int]:
    """Return the axis of output channels of each weight that operators take for nothing else."""
    depends = [True] * len(graph.nodes) if after is None else _depending(graph, after)
    found: dict[str, set[int | None]] = {}
    for node, is_behind in zip(graph.nodes, depends, strict=True):
        own = dict(_own_axes(node, graph.weights)) if is_behind else {}
        for place, name in enumerate(node.inputs):
            if name in graph.weights:
                found.setdefault(name, set()).add(own.get(place))
    if after is not None and not any(after in (*node.inputs, *node.outputs) for node in graph.nodes):
        raise ValueError(f"the graph has no tensor {after}")
    alike = {name: [axis for axis in axes if axis is not None] for name, axes in found.items() if None not in axes}
    return {name: axes[0] if len(axes) == 1 else graph.weights[name].ndim - 2 for name, axes in alike.items()}


def _depending(graph: Graph, after: str) -> list[bool]:
    """Return which operators depend on a tensor, or only prepare weights for such."""
    behind, fixed = {after}, {"", *graph.weights}
    for node in graph.nodes:
        if not behind.isdisjoint(node.inputs):
            behind.update(node.outputs)
        elif fixed.issuperset(node.inputs):
            fixed.update(node.outputs)
    elsewhere, found = {port.name for port in graph.outputs}, list[bool]()
    for node in reversed(graph.nodes):
        prepares = fixed.issuperset(node.inputs) and elsewhere.isdisjoint(node.outputs)
        found.append(prepares or not behind.isdisjoint(node.inputs))
        if not found[-1]:
            elsewhere.update(node.inputs)
    return found[::-1]


def _own_axes(node: Node, weights: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield for each input of an operator that may have eight bits its place and its axis of output channels."""
    of_weight = [weights[name].ndim if name in weights else 0 for name in node.inputs[:2]]
    if node.op == "Conv":
        yield 1, 0
    elif node.op == "Gemm":
        yield 0, 1 if node.attributes.get("transA", 0) else 0
        yield 1, 0 if node.attributes.get("transB", 0) else 1
    elif node.op == "MatMul":
        if of_weight[0] >= 2:
            yield 0, of_weight[0] - 2
        if of_weight[1] >= 2:
            yield 1, of_weight[1] - 1
    elif node.op in _OF_ROWS and of_weight and of_weight[0] >= 2:
        yield 0, of_weight[0] - 2
