"""Graphs made ready to be run by numpy, again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import GraphError
from .graph import Array, Graph, Node, Port
from .operations import FIRST_ALONE, OPERATIONS
from .operations.form import Operation

__all__ = ["Plan"]

_MOST_AT_ONCE = 2**29  # values of all tensors that are there at one time, beside the weights


class _Step(NamedTuple):
    """An operator at its turn."""

    op: str
    operation: Operation
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    last_used: tuple[str, ...]  # tensors that nothing takes any more


class Plan:
    """The operators that some tensors of a graph depend on, in their order.

    What depends on weights alone is worked out at once, and kept.

    Parameters
    ----------
    graph : Graph
        Operators of opset 17.
    wanted : sequence of str, optional
        Names of tensors, also of those between; by default the outputs. What none of them needs is not computed.

    Raises
    ------
    GraphError
        If an operator is unknown, or a tensor that is wanted or taken is not in the graph.

    Examples
    --------
    >>> import numpy as np
    >>> from offkey.graph import Builder
    >>> from offkey.runtime.graph import Plan
    >>> b = Builder()
    >>> b.output(b("Neg", b.input("x", np.float32, ("batch",))), "y", np.float32, ("batch",))
    >>> plan = Plan(b.graph())
    >>> plan({"x": np.ones(2, np.float32)})["y"].tolist()
    [-1.0, -1.0]
    """

    def __init__(self, graph: Graph, wanted: Sequence[str] | None = None) -> None:
        self._names = [port.name for port in graph.outputs] if wanted is None else list(wanted)
        constants, left = _folded(_needed(graph, self._names), graph.weights)
        used = {name for node in left for name in node.inputs} | set(self._names)
        self._inputs = [port for port in graph.inputs if port.name in used]
        self._constants = {name: array for name, array in constants.items() if name in used}
        self._steps = self._planned(left)

    def _planned(self, nodes: Sequence[Node]) -> list[_Step]:
        kept = {*self._names, *self._constants, *(port.name for port in self._inputs)}
        later = set(self._names)  # tensors that an operator behind this one takes
        steps = list[_Step]()
        for node in reversed(nodes):
            gone = {*node.inputs, *node.outputs} - later - kept - {""}
            alone = not any(name in later for name in node.outputs[1:])
            operation = _operation(node.op, first_alone=alone)
            outputs = node.outputs[:1] if alone else node.outputs
            gone -= set(node.outputs[len(outputs) :])
            steps.append(_Step(node.op, operation, node.inputs, outputs, dict(node.attributes), tuple(sorted(gone))))
            later.update(node.inputs)
        return steps[::-1]

    def __call__(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Return the tensors that are wanted.

        Parameters
        ----------
        inputs : mapping of str to ndarray
            An array for each input that is needed, of its type and shape.

        Returns
        -------
        dict of str to ndarray
            In the order of `wanted`.

        Raises
        ------
        GraphError
            If an input is missing or of another type or shape, an operator cannot be run on what it takes, or a tensor
            would be larger than 2**27 values.

        Notes
        -----
        What each operator means: ONNX, "Operators", version 17, https://onnx.ai/onnx/operators. Numbers that leave the
        range of their type become infinite or NaN without a warning, as there.
        """
        tensors = dict(self._constants)
        for port in self._inputs:
            tensors[port.name] = _checked(port, inputs)
        room = _MOST_AT_ONCE
        with np.errstate(all="ignore"):
            for step in self._steps:
                found = _applied(step, tensors)
                tensors.update(found)
                room = _left(room, found)
                for name in step.last_used:
                    room += tensors.pop(name).size
        return {name: tensors[name] for name in self._names}


def _folded(nodes: Sequence[Node], weights: Mapping[str, Array]) -> tuple[dict[str, Array], list[Node]]:
    """Return the weights with all that depends on them alone, and the operators that are left."""
    constants, left, room = dict(weights), list[Node](), _MOST_AT_ONCE
    with np.errstate(all="ignore"):
        for node in nodes:
            if all(not name or name in constants for name in node.inputs):
                step = _Step(node.op, _operation(node.op), node.inputs, node.outputs, dict(node.attributes), ())
                found = _applied(step, constants)
                constants.update(found)
                room = _left(room, found)
            else:
                left.append(node)
    return constants, left


def _left(room: int, found: Mapping[str, Array]) -> int:
    """Return how many values there is room for behind those that were found."""
    for array in found.values():
        room -= array.size
    if room < 0:
        raise GraphError(f"The graph needs more than {_MOST_AT_ONCE} values at one time: give it fewer inputs.")
    return room


def _needed(graph: Graph, names: Sequence[str]) -> list[Node]:
    """Return the operators that some tensors depend on, in their order."""
    known = {*graph.weights, *(port.name for port in graph.inputs)}
    for node in graph.nodes:
        if missing := [name for name in node.inputs if name and name not in known]:
            raise GraphError(f"An operator '{node.op}' takes the tensor '{missing[0]}', which nothing before it gives.")
        known.update(node.outputs)
    if unknown := [name for name in names if name not in known]:
        raise GraphError(f"The graph has no tensor {', '.join(unknown)}.")
    wanted, found = set(names), list[Node]()
    for node in reversed(graph.nodes):
        if not wanted.isdisjoint(node.outputs):
            found.append(node)
            wanted.update(node.inputs)
    return found[::-1]


def _operation(op: str, *, first_alone: bool = False) -> Operation:
    operation = (FIRST_ALONE if first_alone else {}).get(op) or OPERATIONS.get(op)
    if operation is None:
        raise GraphError(
            f"The graph has the operator '{op}', which is not one of the {len(OPERATIONS)} that numpy runs here: "
            "install a later version, or take the engine 'onnxruntime'."
        )
    return operation


def _checked(port: Port, inputs: Mapping[str, Array]) -> Array:
    """Return what was given for an input."""
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
    return given


def _applied(step: _Step, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Return what an operator gives by name; whatever fails in it is an error of the graph."""
    taken = [tensors[name] if name else None for name in step.inputs]
    try:
        found = step.operation(taken, step.attributes)
        return {name: np.asarray(one) for name, one in zip(step.outputs, found, strict=False)}
    except Exception as error:  # of numpy, over shapes, types and attributes that do not go together
        raise GraphError(f"The operator '{step.op}' cannot be run on {_shapes(taken)}: {_reason(error)}.") from error


def _shapes(taken: Sequence[Any]) -> str:
    return ", ".join("nothing" if one is None else f"{one.dtype} {one.shape}" for one in taken) or "no input"


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
