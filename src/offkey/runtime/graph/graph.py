"""A graph of ONNX operators as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["DTYPES", "OPSET", "Array", "Attribute", "Graph", "Node", "Port"]

OPSET = 17
"""The version of ONNX's operators whose meaning a graph has."""

DTYPES: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.float32),
    2: np.dtype(np.uint8),
    3: np.dtype(np.int8),
    5: np.dtype(np.int16),
    6: np.dtype(np.int32),
    7: np.dtype(np.int64),
    9: np.dtype(np.bool_),
    10: np.dtype(np.float16),
    11: np.dtype(np.float64),
}
"""Types of tensors by their numbers in ONNX, ``TensorProto.DataType``."""

Array = NDArray[Any]
Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | Array


class Port(NamedTuple):
    """An input or an output of a graph.

    `shape`: a number for each axis, or a name where any length will do, such as ``"batch"``.
    """

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class Node:
    """An operator of ONNX with the names of the tensors that it takes and gives; an input left out is ``""``."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """Operators in an order in which they can run, and the weights that they take."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, Array]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
