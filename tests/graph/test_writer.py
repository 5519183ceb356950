"""Graphs that are written as ONNX."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from offkey.errors import MissingExtraError
from offkey.graph import Builder, write_onnx
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import Graph, Node, run

onnx = pytest.importorskip("onnx", reason="onnx is not installed")


def _varied() -> Graph:
    """A graph with attributes of every kind, several types, and an operator of two outputs."""
    b = Builder()
    x = b.input("x", np.float32, ("batch", 4))
    scaled = b("Gemm", x, b.weight(np.eye(4, dtype=np.float32)), alpha=0.5, name="scaled")
    turned = b("Transpose", b("Transpose", scaled, perm=[1, 0]), perm=(1, 0))
    least, _ = b("TopK", turned, b.weight([2]), outputs=2, axis=1, largest=0)
    shift = b("ConstantOfShape", b.weight([2]), value=np.array([3], np.float32))
    summed = b("Einsum", least, shift, equation="nd,d->nd")
    b.output(b.cast(summed, np.float64), "y", np.float64, ("batch", 2))
    return b.graph()


def test_onnx_runtime_finds_what_numpy_finds() -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    x = np.array([[4, 3, 2, 1], [5, 9, 7, 8], [1, 2, 2, 1]], np.float32)
    session = onnxruntime.InferenceSession(write_onnx(_varied()), providers=["CPUExecutionProvider"])
    (found,) = session.run(["y"], {"x": x})
    expected = run(_varied(), {"x": x})["y"]
    assert found.dtype == expected.dtype == np.float64
    np.testing.assert_allclose(found, expected)


def test_the_file_is_of_opset_17_and_says_how_long_the_axes_are() -> None:
    model = onnx.load_model_from_string(write_onnx(_varied()))
    assert [(one.domain, one.version) for one in model.opset_import] == [("", 17)]
    axes = model.graph.output[0].type.tensor_type.shape.dim
    assert (axes[0].dim_param, axes[1].dim_value) == ("batch", 2)


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert write_onnx(_varied()) == write_onnx(_varied())


def test_a_graph_that_breaks_a_rule_is_refused() -> None:
    whole = _varied()
    with pytest.raises(GraphError, match="breaks a rule of ONNX"):
        write_onnx(Graph((Node("Magic", ("x",), ("y",)),), {}, whole.inputs, whole.outputs))
    b = Builder()
    x = b.input("x", np.float32, ("batch", 4))
    b.output(b("Add", x, b.weight(1.0)), "y", np.float32, ("batch", 4))  # of two types
    with pytest.raises(GraphError, match="breaks a rule of ONNX"):
        write_onnx(b.graph())


def test_without_onnx_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"Writing ONNX needs onnx.*offkey\[onnx\]"):
        write_onnx(_varied())
