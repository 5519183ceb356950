"""Graphs run by numpy, operator by operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import GraphError
from .graph import Array, Graph
from .operations import OPERATIONS

__all__ = ["run"]


def run(graph: Graph, inputs: Mapping[str, Array], wanted: Sequence[str] | None = None) -> dict[str, Array]:
    """Run a graph and return some of its tensors.

    Parameters
    ----------
    graph : Graph
        Operators of opset 17.
    inputs : mapping of str to ndarray
        An array for each input, of its type.
    wanted : sequence of str, optional
        Names of tensors, also of those between; by default the outputs.

    Returns
    -------
    dict of str to ndarray
        In the order of `wanted`.

    Raises
    ------
    GraphError
        If an input is missing, an operator is unknown, or a tensor that is wanted is not in the graph.

    Notes
    -----
    What each operator means: ONNX, "Operators", version 17, https://onnx.ai/onnx/operators.
    """
    names = [port.name for port in graph.outputs] if wanted is None else list(wanted)
    if missing := [port.name for port in graph.inputs if port.name not in inputs]:
        raise GraphError(f"The graph takes the inputs {', '.join(missing)}, which were not given.")
    tensors: dict[str, Array] = {"": np.empty(0), **graph.weights, **inputs}
    uses = Counter(name for node in graph.nodes for name in node.inputs)
    uses.update([*names, *graph.weights, *inputs])  # those are kept to the end
    for node in graph.nodes:
        operation = OPERATIONS.get(node.op)
        if operation is None:
            raise GraphError(f"The graph has the operator '{node.op}', which is not one of {', '.join(OPERATIONS)}.")
        try:
            found = operation([tensors[name] if name else None for name in node.inputs], dict(node.attributes))
        except KeyError as error:
            raise GraphError(f"An operator '{node.op}' takes {error}, which nothing before it gives.") from error
        tensors.update(zip(node.outputs, found, strict=False))
        for name in node.inputs:
            uses[name] -= 1
            if not uses[name]:
                del tensors[name]
    if unknown := [name for name in names if name not in tensors]:
        raise GraphError(f"The graph has no tensor {', '.join(unknown)}.")
    return {name: tensors[name] for name in names}
