"""The isolation forest: the graph of its score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.isolation_forest import IsolationForest
from offkey.export.detectors.arithmetic import number, whole
from offkey.graph import Builder

__all__ = ["isolation_forest_nodes"]


def isolation_forest_nodes(b: Builder, detector: IsolationForest, features: str) -> str:
    """Add the score of `IsolationForest`: one step down all trees after the other, a leaf being its own child."""
    scaled = b("Div", b("Sub", features, number(b, detector.centre_)), number(b, detector.scale_))
    rows = b.cast(b.cast(scaled, np.float32), np.float64)  # trees cut numbers of single precision
    cuts, of_cut, left, right = (
        b.weight(array, dtype)
        for array, dtype in (
            (detector.cut_, np.float64),
            (detector.feature_, np.int64),
            (detector.left_, np.int64),
            (detector.right_, np.int64),
        )
    )
    zeros = b("Mul", b("Slice", rows, whole(b, 0), whole(b, 1), whole(b, 1)), number(b, 0.0))
    node = b("Add", b.cast(zeros, np.int64), b.weight(detector.roots_[None], np.int64))
    for _ in range(_depth(detector)):
        seen = b("GatherElements", rows, b("Gather", of_cut, node, axis=0), axis=1)
        lower = b("LessOrEqual", seen, b("Gather", cuts, node, axis=0))
        node = b("Where", lower, b("Gather", left, node, axis=0), b("Gather", right, node, axis=0))
    paths = b("ReduceMean", b("Gather", number(b, detector.path_), node, axis=0), axes=[1], keepdims=0)
    return b("Pow", number(b, 2.0), b("Div", paths, number(b, -detector.mean_path_)))


def _depth(detector: IsolationForest) -> int:
    """Return after how many steps every way down has come to a leaf."""
    inner, steps = _inner(detector, detector.roots_), 0
    while len(inner):
        inner = _inner(detector, np.concatenate([detector.left_[inner], detector.right_[inner]]))
        steps += 1
    return steps


def _inner(detector: IsolationForest, nodes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the nodes that are no leaves."""
    inner: NDArray[np.intp] = nodes[detector.left_[nodes] != nodes]
    return inner
