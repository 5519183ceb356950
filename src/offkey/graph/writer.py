"""Graphs written as ONNX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.errors import require
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import OPSET, Attribute, Graph, Node, Port
from offkey.runtime.graph.tensors import check_finite

if TYPE_CHECKING:
    from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfoProto

__all__ = ["write_onnx"]

_IR_VERSION = 8
"""The version of the file format that came with opset 17; every ONNX Runtime since 1.12 reads it."""
_LARGEST = 2**31 - 1  # bytes of a protobuf message


def write_onnx(graph: Graph, *, name: str = "offkey", extra: str = "onnx", purpose: str = "Writing ONNX") -> bytes:
    """Return a graph as the content of an ONNX file of opset 17, weights inside; the same graph gives the same bytes.

    Parameters
    ----------
    graph : Graph
        Operators of opset 17.
    name : str, default "offkey"
        Name of the graph in the file.
    extra, purpose : str, default "onnx" and "Writing ONNX"
        What is named where the package ``onnx`` is missing; see `offkey.errors.require`.

    Returns
    -------
    bytes
        A `ModelProto` of ONNX, which its checker has found in order.

    Raises
    ------
    MissingExtraError
        If the package ``onnx`` is not installed.
    GraphError
        If the graph breaks a rule of ONNX, is larger than 2 GB, or has weights that are not finite.

    Notes
    -----
    The format: ONNX, "Open Neural Network Exchange Intermediate Representation", https://onnx.ai/onnx/repo-docs/IR.html.
    """
    onnx = require("onnx", extra, purpose)
    if sum(array.nbytes for array in graph.weights.values()) > _LARGEST:
        raise GraphError("The weights of the graph are larger than the 2 GB that an ONNX file can hold.")
    for key, array in graph.weights.items():
        check_finite(key, array)
    try:
        model: ModelProto = onnx.helper.make_model(
            _graph_proto(onnx, graph, name),
            opset_imports=[onnx.helper.make_opsetid("", OPSET)],
            ir_version=_IR_VERSION,
            producer_name="offkey",
        )
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise GraphError(f"The graph breaks a rule of ONNX: {reason}.") from error
    return bytes(model.SerializeToString(deterministic=True))


def _graph_proto(onnx: Any, graph: Graph, name: str) -> GraphProto:
    made: GraphProto = onnx.helper.make_graph(
        [_node_proto(onnx, node, f"{node.op}_{number}") for number, node in enumerate(graph.nodes)],
        name,
        _port_protos(onnx, graph.inputs),
        _port_protos(onnx, graph.outputs),
        [onnx.numpy_helper.from_array(_plain(array), key) for key, array in graph.weights.items()],
    )
    return made


def _node_proto(onnx: Any, node: Node, name: str) -> NodeProto:
    made: NodeProto = onnx.helper.make_node(node.op, node.inputs, node.outputs, name=name)
    made.attribute.extend(_attribute_proto(onnx, key, node.attributes[key]) for key in sorted(node.attributes))
    return made


def _attribute_proto(onnx: Any, key: str, value: Attribute) -> AttributeProto:
    kind = None
    if isinstance(value, np.ndarray):
        value = onnx.numpy_helper.from_array(_plain(value))
    elif isinstance(value, tuple) and not value:
        kind = onnx.AttributeProto.INTS  # no attribute that is a list of other things may be empty
    elif isinstance(value, bool):
        value = int(value)
    made: AttributeProto = onnx.helper.make_attribute(key, value, attr_type=kind)
    return made


def _port_protos(onnx: Any, ports: Sequence[Port]) -> list[ValueInfoProto]:
    helper = onnx.helper
    return [
        helper.make_tensor_value_info(port.name, helper.np_dtype_to_tensor_dtype(port.dtype), port.shape)
        for port in ports
    ]


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array in the order in which ONNX holds it."""
    return np.asarray(array, order="C")
