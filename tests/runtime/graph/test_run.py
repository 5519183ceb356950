"""Graphs of others, which ask for more than there is, or for what cannot be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from offkey.graph import Builder
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import run
from offkey.runtime.graph.operations.form import LARGEST

WIDE = np.zeros((2**14, 1), np.float32)
IMAGE = np.zeros((1, 1, 2**14, 1), np.float32)


def _run(op: str, inputs: list[Any], attributes: dict[str, Any]) -> np.ndarray:
    b = Builder()
    given = {f"x{number}": value for number, value in enumerate(inputs) if value is not None}
    names = [
        "" if value is None else b.input(f"x{number}", value.dtype, value.shape) for number, value in enumerate(inputs)
    ]
    made = b(op, *names, **attributes)
    return run(b.graph(), given, [made])[made]


@pytest.mark.parametrize(
    ("op", "inputs", "attributes"),
    [
        ("Add", [WIDE, WIDE.T], {}),
        ("Where", [WIDE > 0, WIDE.T, WIDE], {}),
        ("MatMul", [WIDE, WIDE.T], {}),
        ("Gemm", [WIDE, WIDE], {"transB": 1}),
        ("Einsum", [WIDE, WIDE], {"equation": "ab,cb->ac"}),
        ("Expand", [WIDE, np.array([2**14, 2**14])], {}),
        ("Tile", [WIDE, np.array([1, 2**20])], {}),
        ("Pad", [WIDE, np.array([0, 2**20, 0, 2**20])], {}),
        ("ConstantOfShape", [np.array([2**20, 2**20])], {}),
        ("Range", [np.array(0), np.array(2**62), np.array(1)], {}),
        ("Gather", [WIDE, np.broadcast_to(np.array(0), (2**14, 2**14))], {"axis": 1}),
        ("Concat", [np.broadcast_to(np.float32(0), LARGEST)] * 2, {"axis": 0}),
        ("Resize", [IMAGE, None, np.array([1, 1, 1, 2**14], np.float32)], {"mode": "nearest"}),
        ("Conv", [IMAGE, np.zeros((2**14, 1, 1, 1), np.float32)], {}),
        ("Conv", [IMAGE, np.zeros((1, 1, 1, 1), np.float32)], {"pads": (2**20, 2**20, 0, 0)}),
        ("MaxPool", [IMAGE], {"kernel_shape": (1, 2**10), "pads": (0, 2**10, 0, 2**10)}),
    ],
)
def test_an_operator_makes_no_more_values_than_memory_holds(
    op: str, inputs: list[Any], attributes: dict[str, Any]
) -> None:
    with pytest.raises(GraphError, match=rf"'{op}' cannot be run on .*{LARGEST}"):
        _run(op, inputs, attributes)


@pytest.mark.parametrize(
    ("op", "inputs", "attributes"),
    [
        ("Add", [WIDE, WIDE[:3]], {}),
        ("Clip", [WIDE] * 4, {}),
        ("Reshape", [WIDE, np.array([3, -1])], {}),
        ("Transpose", [WIDE], {"perm": (0, 0)}),
        ("Gather", [WIDE, np.array([2**20])], {}),
        ("Cast", [WIDE], {"to": 99}),
        ("Cast", [WIDE], {}),
        ("Einsum", [WIDE, WIDE], {"equation": "ab,ab->z"}),
        ("Pad", [WIDE, np.array([0, 9, 0, 9])], {"mode": "reflect"}),
        ("Pad", [WIDE, np.array([0, 9, 0, 9])], {"mode": "magic"}),
        ("TopK", [WIDE, np.array([2**15])], {"axis": 0}),
        ("TopK", [WIDE, np.array([-1])], {"axis": 0}),
        ("Conv", [IMAGE, np.zeros((1, 2, 1, 1), np.float32)], {}),
        ("Conv", [IMAGE, np.zeros((1, 1, 1, 1), np.float32)], {"strides": (0, 1)}),
        ("MaxPool", [IMAGE], {"kernel_shape": (0, 1)}),
        ("Resize", [IMAGE, None, np.array([1, 1, 1.5, 1], np.float32)], {"mode": "nearest"}),
        ("Range", [np.array(0), np.array(3), np.array(0)], {}),
        ("Tile", [WIDE, np.array([-1, 2])], {}),
    ],
)
def test_what_cannot_be_is_an_error_of_the_graph(op: str, inputs: list[Any], attributes: dict[str, Any]) -> None:
    with pytest.raises(GraphError, match=rf"The operator '{op}' cannot be run on (float32|int64) .*\.$"):
        _run(op, inputs, attributes)


def test_what_doubles_again_and_again_is_stopped() -> None:
    b = Builder()
    tensor = b.input("x", np.int8, (2**20,))
    doubled = [tensor := b("Concat", *[tensor] * 16, axis=0) for _ in range(4)]
    with pytest.raises(GraphError, match=rf"'Concat'.*{LARGEST}"):
        run(b.graph(), {"x": np.zeros(2**20, np.int8)}, doubled[-1:])


def test_what_is_kept_at_one_time_is_bounded() -> None:
    b = Builder()
    x = b.input("x", np.float32, (1,))
    wide = [b("Expand", x, b.weight([LARGEST - number])) for number in range(8)]  # views, which take no memory
    with pytest.raises(GraphError, match="at one time"):
        run(b.graph(), {"x": np.zeros(1, np.float32)}, wide)


def test_inputs_are_of_the_type_and_shape_that_the_graph_says() -> None:
    b = Builder()
    y = b("Neg", b.input("x", np.float32, ("batch", 3)))
    for wrong in (np.zeros((1, 3)), np.zeros((1, 4), np.float32), np.zeros(3, np.float32)):
        with pytest.raises(GraphError, match=r"input 'x' of the type float32 and shape \(batch, 3\); found"):
            run(b.graph(), {"x": wrong}, [y])


def test_what_no_output_needs_is_not_computed() -> None:
    b = Builder()
    x = b.input("x", np.float32, (3,))
    y = b("Neg", x)
    b("Magic", x)
    assert run(b.graph(), {"x": np.ones(3, np.float32)}, [y])[y].tolist() == [-1, -1, -1]


def test_numbers_beyond_their_range_need_no_warning() -> None:
    assert _run("Log", [np.zeros(1, np.float32)], {}).tolist() == [-np.inf]
