"""ONNX files read into graphs, by numpy and the standard library; a file is not trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from ..errors import GraphError
from .graph import DTYPES, OPSET, Array, Attribute, Graph, Node, Port
from .tensors import read_tensor
from .wire import Field, fields, floats, integer, integers, part, single, text

__all__ = ["read_onnx"]

_OLDEST_OPSET = 13  # from here on the operators that numpy runs mean what they mean in OPSET
_MOST = 100_000  # operators, weights, and inputs of an operator
_DOMAINS = ("", "ai.onnx")
_T = TypeVar("_T")


def read_onnx(content: bytes) -> Graph:
    """Read the content of an ONNX file.

    Parameters
    ----------
    content : bytes
        A ``ModelProto`` of opset 13 to 17, weights inside. Which operators it has is not checked here; see `run`.

    Returns
    -------
    Graph
        Its operators, weights, inputs and outputs.

    Raises
    ------
    GraphError
        If the content is damaged, or holds what a `Graph` cannot: operators of other domains, graphs within operators,
        weights in other files, types that are no numbers, numbers that are not finite.

    Notes
    -----
    The format: ONNX, "Open Neural Network Exchange Intermediate Representation", and ``onnx.proto`` with its numbers
    of fields, https://onnx.ai/onnx/repo-docs/IR.html. Fields that it does not know are skipped.
    """
    model = fields(memoryview(content))
    graph, opsets = None, list[tuple[str, int]]()
    for field in model:
        match field.number:
            case 7:
                graph = part(field)
            case 8:
                opsets.append(_opset(part(field)))
    if graph is None:
        raise GraphError("The content is no ONNX file: it holds no graph.")
    found = [version for domain, version in opsets if domain in _DOMAINS]
    if len(found) != 1 or not _OLDEST_OPSET <= found[0] <= OPSET:
        raise GraphError(
            f"The ONNX file is of opset {', '.join(map(str, found)) or 'none'}; expected {_OLDEST_OPSET} to {OPSET}."
        )
    return _checked(_graph(graph))


def _opset(message: memoryview) -> tuple[str, int]:
    domain, version = "", 0
    for field in fields(message):
        match field.number:
            case 1:
                domain = text(field)
            case 2:
                version = integer(field)
    return domain, version


def _graph(message: memoryview) -> Graph:
    nodes, inputs, outputs = list[memoryview](), list[memoryview](), list[memoryview]()
    tensors = list[memoryview]()
    lists = {1: nodes, 5: tensors, 11: inputs, 12: outputs}
    for field in fields(message):
        if field.number == 15:
            raise GraphError("The ONNX file has sparse weights; expected dense ones.")
        if field.number in lists:
            lists[field.number].append(part(field))
    for what, given in {"operators": nodes, "weights": tensors, "inputs": inputs, "outputs": outputs}.items():
        if len(given) > _MOST:
            raise GraphError(f"The ONNX file has {len(given)} {what}; expected at most {_MOST}.")
    weights = dict[str, Array]()
    for one in tensors:
        name, array = read_tensor(one)
        if name in weights:
            raise GraphError(f"The ONNX file has two weights of the name '{name}'.")
        weights[name] = array
    return Graph(
        tuple(map(_node, nodes)),
        weights,
        tuple(port for port in map(_port, inputs) if port.name not in weights),  # as files of old list weights, too
        tuple(map(_port, outputs)),
    )


def _node(message: memoryview) -> Node:
    takes, gives, op = list[str](), list[str](), ""
    attributes = dict[str, Attribute]()
    for field in fields(message):
        match field.number:
            case 1:
                takes.append(text(field))
            case 2:
                gives.append(text(field))
            case 4:
                op = text(field)
            case 5:
                name, value = _attribute(part(field))
                attributes[name] = value
            case 7 if (domain := text(field)) not in _DOMAINS:
                raise GraphError(f"The ONNX file has an operator of '{domain}'; expected those of ONNX alone.")
        if max(len(takes), len(gives), len(attributes)) > _MOST:
            raise GraphError(f"The ONNX file has an operator of more than {_MOST} inputs, outputs or attributes.")
    return Node(op, tuple(takes), tuple(gives), attributes)


def _attribute(message: memoryview) -> tuple[str, Attribute]:
    """Return name and value; of what a file holds the field counts that its type names."""
    name, kind = "", 0
    found = dict[int, list[Field]]()
    for field in fields(message):
        match field.number:
            case 1:
                name = text(field)
            case 20:
                kind = integer(field)
            case number:
                found.setdefault(number, []).append(field)
    match kind:
        case 1:
            return name, _last(found, 2, single, 0.0)
        case 2:
            return name, _last(found, 3, integer, 0)
        case 3:
            return name, _last(found, 4, text, "")
        case 4 if 5 in found:
            return name, read_tensor(part(found[5][-1]))[1]
        case 6:
            return name, tuple(np.frombuffer(b"".join(map(floats, found.get(7, []))), "<f4").tolist())
        case 7:
            return name, tuple(value for field in found.get(8, []) for value in integers(field))
    raise GraphError(f"The ONNX file has an attribute '{name}' of the type {kind}, which no operator here takes.")


def _last(found: dict[int, list[Field]], number: int, read: Callable[[Field], _T], default: _T) -> _T:
    """Return the value of a field, which is left out of a file where it is zero or empty."""
    return read(found[number][-1]) if number in found else default


def _port(message: memoryview) -> Port:
    name, kind = "", -1
    shape = tuple[int | str, ...]()
    for field in fields(message):
        match field.number:
            case 1:
                name = text(field)
            case 2:
                kind, shape = _type(part(field))
    if kind not in DTYPES:
        raise GraphError(f"The ONNX file has '{name}', an input or output that is no tensor of numbers.")
    return Port(name, DTYPES[kind], shape)


def _type(message: memoryview) -> tuple[int, tuple[int | str, ...]]:
    kind = -1
    axes = list[memoryview]()
    for field in fields(message):
        if field.number != 1:  # the type is one of several, and this the one of tensors
            continue
        for inner in fields(part(field)):
            match inner.number:
                case 1:
                    kind = integer(inner)
                case 2:
                    axes = [part(axis) for axis in fields(part(inner)) if axis.number == 1]
    if len(axes) > 16:
        raise GraphError(f"The ONNX file has an input or output of {len(axes)} axes; expected at most 16.")
    return kind, tuple(_axis(axis, place) for place, axis in enumerate(axes))


def _axis(message: memoryview, place: int) -> int | str:
    found: int | str = f"axis{place}"
    for field in fields(message):
        match field.number:
            case 1:
                found = integer(field)
            case 2:
                found = text(field)
    if isinstance(found, int) and not 0 <= found < 2**31:
        raise GraphError(f"The ONNX file has an input or output with an axis of length {found}.")
    return found


def _checked(graph: Graph) -> Graph:
    """Check that each tensor has one name, and is there before an operator takes it."""
    known = set(graph.weights)
    for port in graph.inputs:
        _add(known, port.name)
    for node in graph.nodes:
        if missing := [name for name in node.inputs if name and name not in known]:
            raise GraphError(f"An operator '{node.op}' takes the tensor '{missing[0]}', which nothing before it gives.")
        for name in filter(None, node.outputs):
            _add(known, name)
    _check_outputs(graph.outputs, known)
    return graph


def _add(known: set[str], name: str) -> None:
    if not name or name in known:
        raise GraphError(f"Two tensors of the ONNX file have the name '{name}', or one has none.")
    known.add(name)


def _check_outputs(outputs: Sequence[Port], known: set[str]) -> None:
    if missing := [port.name for port in outputs if port.name not in known]:
        raise GraphError(f"The ONNX file has the output '{missing[0]}', which nothing gives.")
