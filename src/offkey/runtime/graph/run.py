"""Graphs run by numpy, operator by operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import GraphError
from .graph import Array, Graph, Node, Port
from .operations import FIRST_ALONE, OPERATIONS

__all__ = ["run"]

_MOST_AT_ONCE = 2**29  # values of all tensors that are there at one time


def run(graph: Graph, inputs: Mapping[str, Array], wanted: Sequence[str] | None = None) -> dict[str, Array]:
    """Run a graph and return some of its tensors.

    Parameters
    ----------
    graph : Graph
        Operators of opset 17.
    inputs : mapping of str to ndarray
        An array for each input, of its type and shape.
    wanted : sequence of str, optional
        Names of tensors, also of those between; by default the outputs. What none of them needs is not computed.

    Returns
    -------
    dict of str to ndarray
        In the order of `wanted`.

    Raises
    ------
    GraphError
        If an input is missing or of another type or shape, an operator is unknown or cannot be run on what it takes, a
        tensor would be larger than 2**27 values, or one that is wanted is not in the graph.

    Notes
    -----
    What each operator means: ONNX, "Operators", version 17, https://onnx.ai/onnx/operators. Numbers that leave the
    range of their type become infinite or NaN without a warning, as there.
    """
    names = [port.name for port in graph.outputs] if wanted is None else list(wanted)
    for port in graph.inputs:
        _check_input(port, inputs)
    tensors: dict[str, Array] = {**graph.weights, **{port.name: inputs[port.name] for port in graph.inputs}}
    kept = {*tensors, *names}
    nodes = _needed(graph.nodes, names)
    uses = Counter(name for node in nodes for name in node.inputs)
    room = _MOST_AT_ONCE
    with np.errstate(all="ignore"):
        for node in nodes:
            alone = not any(name in uses or name in kept for name in node.outputs[1:])
            found = dict(zip(node.outputs, _applied(node, tensors, first_alone=alone), strict=False))
            tensors.update(found)
            room -= sum(array.size for array in found.values())
            if room < 0:
                raise GraphError(f"The graph needs more than {_MOST_AT_ONCE} values at one time: give it fewer inputs.")
            uses.subtract(node.inputs)
            for name in {*node.inputs, *node.outputs} - kept:
                if not uses[name] and name in tensors:
                    room += tensors.pop(name).size
    if unknown := [name for name in names if name not in tensors]:
        raise GraphError(f"The graph has no tensor {', '.join(unknown)}.")
    return {name: tensors[name] for name in names}


def _check_input(port: Port, inputs: Mapping[str, Array]) -> None:
    given = inputs.get(port.name)
    if given is None:
        raise GraphError(f"The graph takes the input '{port.name}', which was not given.")
    fits = len(given.shape) == len(port.shape) and all(
        length == expected or isinstance(expected, str)
        for length, expected in zip(given.shape, port.shape, strict=True)
    )
    if given.dtype != port.dtype or not fits:
        shape = ", ".join(map(str, port.shape))
        raise GraphError(
            f"The graph takes the input '{port.name}' of the type {port.dtype} and shape ({shape}); found "
            f"{given.dtype} and {given.shape}."
        )


def _needed(nodes: Sequence[Node], names: Sequence[str]) -> list[Node]:
    """Return the operators that some tensors depend on, in their order."""
    wanted, found = set(names), list[Node]()
    for node in reversed(nodes):
        if not wanted.isdisjoint(node.outputs):
            found.append(node)
            wanted.update(node.inputs)
    return found[::-1]


def _applied(node: Node, tensors: Mapping[str, Array], *, first_alone: bool) -> Sequence[Array]:
    """Return what an operator gives, or the first of it alone; whatever fails in it is an error of the graph."""
    operation = (FIRST_ALONE if first_alone else {}).get(node.op) or OPERATIONS.get(node.op)
    if operation is None:
        known = ", ".join(sorted(OPERATIONS))
        raise GraphError(f"The graph has the operator '{node.op}', which is not one of {known}.")
    if missing := [name for name in node.inputs if name and name not in tensors]:
        raise GraphError(f"An operator '{node.op}' takes the tensor '{missing[0]}', which nothing before it gives.")
    taken = [tensors[name] if name else None for name in node.inputs]
    try:
        return [np.asarray(one) for one in operation(taken, dict(node.attributes))]
    except Exception as error:  # of numpy, over shapes, types and attributes that do not go together
        raise GraphError(f"The operator '{node.op}' cannot be run on {_shapes(taken)}: {_reason(error)}.") from error


def _shapes(taken: Sequence[Any]) -> str:
    return ", ".join("nothing" if one is None else f"{one.dtype} {one.shape}" for one in taken) or "no input"


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
