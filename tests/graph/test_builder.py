"""Graphs that are made step by step, and run by numpy."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.graph import Builder
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import Graph, Node, run


def _line() -> Graph:
    b = Builder()
    x = b.input("x", np.float32, ("batch", 3))
    doubled = b("Mul", x, b.weight(np.float32(2)), name="doubled")
    b.output(b("MatMul", doubled, b.weight(np.eye(3, dtype=np.float32)[:, :2])), "y", np.float32, ("batch", 2))
    return b.graph()


def test_a_graph_gives_its_outputs_and_what_lies_between() -> None:
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert run(_line(), {"x": x})["y"].tolist() == [[0, 2], [6, 8]]
    assert run(_line(), {"x": x}, ["doubled"])["doubled"].tolist() == (2 * x).tolist()


def test_equal_weights_are_kept_once() -> None:
    b = Builder()
    assert b.weight([1, 2]) == b.weight(np.array([1, 2])) != b.weight([1.0, 2.0])


def test_two_tensors_cannot_have_one_name() -> None:
    b = Builder()
    b.input("x", np.float32, (1,))
    with pytest.raises(ValueError, match="two tensors"):
        b("Neg", "x", name="x")


def test_a_graph_goes_into_another_under_new_names() -> None:
    b = Builder()
    x = b.input("x", np.float32, ("batch", 3))
    first = b.add(_line(), {"x": x})
    second = b.add(_line(), {"x": b("Neg", x)})
    b.output(b("Sub", first["y"], second["y"]), "y", np.float32, ("batch", 2))
    ones = np.ones((1, 3), np.float32)
    assert run(b.graph(), {"x": ones}, ["y", first["doubled"]])["y"].tolist() == [[4, 4]]
    assert len(b.graph().weights) == len(_line().weights)


def test_an_operator_gives_several_tensors() -> None:
    b = Builder()
    least, _ = b("TopK", b.input("x", np.float32, ("batch", 4)), b.weight([2]), outputs=2, axis=1, largest=0)
    b.output(least, "y", np.float32, ("batch", 2))
    assert run(b.graph(), {"x": np.array([[3, 1, 2, 0]], np.float32)})["y"].tolist() == [[0, 1]]


def test_a_graph_that_cannot_run_says_why() -> None:
    with pytest.raises(GraphError, match="takes the input 'x', which was not given"):
        run(_line(), {})
    with pytest.raises(GraphError, match="no tensor z"):
        run(_line(), {"x": np.zeros((1, 3), np.float32)}, ["z"])
    odd = Graph((Node("Magic", ("x",), ("y",)),), {}, _line().inputs, ())
    with pytest.raises(GraphError, match="'Magic'"):
        run(odd, {"x": np.zeros((1, 3), np.float32)}, ["y"])
