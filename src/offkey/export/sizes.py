"""The cost of a graph: operators, weights, multiply-adds of a window, and memory for its tensors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from offkey.runtime.graph import Array, Graph, Node, run

__all__ = ["GraphSize", "graph_size"]


@dataclass(frozen=True)
class GraphSize:
    """The cost of a graph for one window.

    Parameters
    ----------
    operators : dict of str to int
        How often each operator stands in the graph, by name.
    weights : int
        Numbers that do not change.
    weight_bytes : int
        What they take.
    multiply_adds : int
        Of its products of matrices and convolutions.
    tensor_bytes : int
        What tensors take at most at one moment, where each is let go after its last use; without weights.
    """

    operators: dict[str, int]
    weights: int
    weight_bytes: int
    multiply_adds: int
    tensor_bytes: int


def graph_size(graph: Graph, inputs: Mapping[str, Array]) -> GraphSize:
    """Return the cost of a graph, as it runs on the inputs of one window."""
    names = [name for node in graph.nodes for name in node.outputs if name]
    tensors = {**run(graph, inputs, names), **graph.weights, **inputs}
    return GraphSize(
        dict(sorted(Counter(node.op for node in graph.nodes).items())),
        sum(weight.size for weight in graph.weights.values()),
        sum(weight.nbytes for weight in graph.weights.values()),
        sum(_multiply_adds(node, tensors) for node in graph.nodes),
        _most_at_once(graph, tensors),
    )


def _multiply_adds(node: Node, tensors: Mapping[str, Array]) -> int:
    if node.op not in ("MatMul", "Gemm", "Conv"):
        return 0
    given, weight = (tensors[name].shape for name in node.inputs[:2])
    each = given[0] if node.op == "Gemm" and node.attributes.get("transA") else given[-1]
    if node.op == "Conv":
        each = math.prod(weight[1:])
    return math.prod(tensors[node.outputs[0]].shape) * int(each)


def _most_at_once(graph: Graph, tensors: Mapping[str, Array]) -> int:
    last = {name: place for place, node in enumerate(graph.nodes) for name in node.inputs}
    last |= {port.name: len(graph.nodes) for port in graph.outputs}
    live = {port.name: tensors[port.name].nbytes for port in graph.inputs}
    most = sum(live.values())
    for place, node in enumerate(graph.nodes):
        live |= {name: tensors[name].nbytes for name in node.outputs if name}
        most = max(most, sum(live.values()))
        live = {name: size for name, size in live.items() if last.get(name, place) > place}
    return most
