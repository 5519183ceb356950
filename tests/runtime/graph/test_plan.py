"""Graphs that are run again and again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from offkey.graph import Builder
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import Graph, Plan


def _graph() -> Graph:
    """A product with weights of eight bits, whose scale is made of other weights."""
    b = Builder()
    x = b.input("x", np.float32, ("batch", 3))
    scale = b("Sqrt", b.weight(np.float32(4)))
    weights = b("DequantizeLinear", b.weight(np.eye(3, dtype=np.int8)[:, :2]), scale)
    product = b("MatMul", x, weights, name="product")
    b.output(b("Relu", product), "y", np.float32, ("batch", 2))
    return b.graph()


def test_a_plan_serves_several_inputs() -> None:
    plan = Plan(_graph(), ["y", "product"])
    for x in (np.array([[1, -2, 3]], np.float32), np.array([[5, 6, 0], [-1, 0, 2]], np.float32)):
        found = plan({"x": x})
        assert list(found) == ["y", "product"]
        assert np.array_equal(found["product"], 2 * x[:, :2])
        assert np.array_equal(found["y"], np.maximum(2 * x[:, :2], 0))


def test_what_depends_on_weights_alone_is_worked_out_once() -> None:
    plan = Plan(_graph())
    assert [step.op for step in plan._steps] == ["MatMul", "Relu", "Identity"]


def test_an_output_may_be_a_weight_or_an_input() -> None:
    graph = _graph()
    name = next(iter(graph.weights))
    found = Plan(graph, [name, "x"])({"x": np.ones((1, 3), np.float32)})
    assert np.array_equal(found[name], graph.weights[name])
    assert found["x"].tolist() == [[1, 1, 1]]


def test_what_cannot_be_planned_is_refused_at_once() -> None:
    graph = _graph()
    with pytest.raises(GraphError, match="no tensor z"):
        Plan(graph, ["z"])
    unknown = Graph([replace(graph.nodes[0], op="Sqr"), *graph.nodes[1:]], graph.weights, graph.inputs, graph.outputs)
    with pytest.raises(GraphError, match=r"operator 'Sqr', which is not one of the \d+ that numpy runs here: install"):
        Plan(unknown)
    with pytest.raises(GraphError, match="which nothing before it gives"):
        Plan(Graph(graph.nodes, {}, graph.inputs, graph.outputs))
