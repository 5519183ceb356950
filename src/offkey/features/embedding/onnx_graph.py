"""ONNX files: their digest, their tensors, and the part of a graph that leads to one of them."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from offkey.errors import DataError, require
from offkey.features.embedding.digest import digest_of

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

__all__ = ["Tensor", "check_alone", "cut_at", "described", "file_digest", "read_graph"]

_LARGEST = 2**31 - 1  # bytes of a protobuf message


class Tensor(NamedTuple):
    """A tensor of a graph.

    `shape`: its axes; a name or None where the length is open. Empty where nothing is known.
    """

    name: str
    shape: tuple[int | str | None, ...]
    made_by: str  # the operator that makes it; ``"input"`` for an input


def read_graph(path: Path) -> ModelProto:
    """Read an ONNX file, together with the files in which it keeps large tensors."""
    onnx = require("onnx", "onnx", "Reading an ONNX file")
    try:
        model: ModelProto = onnx.load(str(path))
        onnx.checker.check_model(model, full_check=False)
    except OSError as error:
        raise DataError(f"The ONNX file {path} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # onnx and protobuf have several of their own
        reason = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
        raise DataError(f"{path} is no ONNX file that can be used: {reason}.") from error
    return model


def check_alone(content: bytes, name: str) -> None:
    """Check that a graph that stands in a model file reads no other file for its tensors."""
    if b"location" not in content:  # the key by which a tensor names its file
        return
    from onnx import TensorProto, load_model_from_string

    model = load_model_from_string(content)
    graphs = [model.graph, *(inner for node in model.graph.node for inner in _graphs(node))]
    tensors = [tensor for graph in graphs for tensor in (*graph.initializer, *_constants(graph))]
    if any(tensor.external_data or tensor.data_location == TensorProto.EXTERNAL for tensor in tensors):
        raise DataError(f"The graph of {name} reads another file, which none in a model file may: fit the model again.")


def described(model: ModelProto) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Return inputs, outputs, and all tensors between, in the order in which they are computed."""
    import onnx

    graph = model.graph
    shapes = {value.name: _shape(value) for value in onnx.shape_inference.infer_shapes(model).graph.value_info}
    constants = {initializer.name for initializer in graph.initializer}
    outputs = {value.name: _shape(value) for value in graph.output}
    made_by = {name: node.op_type for node in graph.node for name in node.output if name}
    inputs = [Tensor(value.name, _shape(value), "input") for value in graph.input if value.name not in constants]
    between = [
        Tensor(name, shapes.get(name, ()), operator)
        for name, operator in made_by.items()
        if name not in outputs and operator != "Constant"
    ]
    return inputs, [Tensor(name, shape, made_by.get(name, "")) for name, shape in outputs.items()], between


def cut_at(model: ModelProto, layer: str, path: Path) -> bytes:
    """Return the part of a graph that leads to a tensor, serialised; spoils the model."""
    from onnx import helper

    needed = _needed(model.graph, layer)
    kept = [node for node in model.graph.node if any(name in needed for name in node.output)]
    constants = [one for one in model.graph.initializer if one.name in needed]
    known = [value for value in model.graph.output if value.name == layer]
    output = known[0] if known else helper.make_empty_tensor_value_info(layer)
    for field, content in (("node", kept), ("initializer", constants), ("output", [output])):
        whole = list(content)
        model.graph.ClearField(field)
        getattr(model.graph, field).extend(whole)
    model.graph.ClearField("value_info")
    if model.ByteSize() > _LARGEST:
        raise DataError(f"The ONNX file {path} is too large: expected at most 2 GB up to the tensor {layer!r}.")
    return bytes(model.SerializeToString())


def file_digest(path: Path) -> str:
    """Return the SHA-256 of an ONNX file and of those that hold its tensors (``FILE.data``, ``FILE_data``)."""
    return digest_of([path, *sorted(path.parent.glob(f"{glob.escape(path.name)}[._]*"))])


def _needed(graph: GraphProto, output: str) -> set[str]:
    """Return the names of all tensors that a tensor depends on, and its own."""
    made_by = {name: node for node in graph.node for name in node.output}
    needed: set[str] = set()
    waiting = [output]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _inputs(made_by[name]) if name in made_by else []
    return needed


def _inputs(node: NodeProto) -> list[str]:
    """Return what a node reads, also inside the branches and loops that it holds."""
    found = list(node.input)
    for attribute in node.attribute:
        for inner in [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]:
            found += [name for child in inner.node for name in _inputs(child)] + [one.name for one in inner.output]
    return found


def _graphs(node: NodeProto) -> list[GraphProto]:
    """Return the graphs inside a node, and inside the nodes of these."""
    own = [graph for one in node.attribute for graph in (*([one.g] if one.HasField("g") else []), *one.graphs)]
    return own + [inner for graph in own for child in graph.node for inner in _graphs(child)]


def _constants(graph: GraphProto) -> list[TensorProto]:
    """Return the tensors that are attributes of nodes, and those of sparse ones."""
    of_nodes = [tensor for node in graph.node for one in node.attribute for tensor in (one.t, *one.tensors)]
    return of_nodes + [tensor for sparse in graph.sparse_initializer for tensor in (sparse.values, sparse.indices)]


def _shape(value: ValueInfoProto) -> tuple[Any, ...]:
    axes = value.type.tensor_type.shape.dim
    return tuple(axis.dim_value if axis.HasField("dim_value") else axis.dim_param or None for axis in axes)
