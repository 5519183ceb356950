"""Weights of eight bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from offkey.graph import Builder, quantise, rounded, roundings, write_onnx
from offkey.runtime.graph import Graph, read_onnx, run


def _product(dtype: Any, op: str, weights: np.ndarray, *, first: bool = False, **attributes: Any) -> Graph:
    """An operator with a weight; the channels differ in scale by a thousand."""
    b = Builder()
    shape = ("batch", weights.shape[1], 9, 9) if op == "Conv" else (48, 20) if first else ("batch", 48)
    x = b.input("x", dtype, shape)
    w = b.weight(weights.astype(dtype))
    y = b(op, *((w, x) if first else (x, w)), name="features", **attributes)
    rank = 4 if op == "Conv" else 2
    b.output(b("Mul", y, b.weight(dtype(2))), "y", dtype, tuple(f"n{place}" for place in range(rank)))
    return b.graph()


def _input(graph: Graph) -> np.ndarray:
    shape = [20 if isinstance(length, str) else length for length in graph.inputs[0].shape]
    return np.random.default_rng(1).standard_normal(shape)


def _scaled(*shape: int, axis: int) -> np.ndarray:
    channels = [1] * len(shape)
    channels[axis] = -1
    return np.random.default_rng(0).standard_normal(shape) * np.logspace(-3, 0, shape[axis]).reshape(channels)


CASES = [
    ("MatMul", _scaled(48, 32, axis=1), {}, 1),
    ("MatMul", _scaled(32, 48, axis=0), {"first": True}, 0),
    ("Gemm", _scaled(48, 32, axis=1), {}, 1),
    ("Gemm", _scaled(32, 48, axis=0), {"transB": 1}, 0),
    ("Conv", _scaled(16, 8, 3, 3, axis=0), {}, 0),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("op", "weights", "attributes", "axis"), CASES)
def test_each_channel_keeps_its_own_scale(
    op: str, weights: np.ndarray, attributes: dict[str, Any], axis: int, dtype: Any
) -> None:
    graph = _product(dtype, op, weights, **attributes)
    small = quantise(graph)
    (rounding,) = roundings(graph, small).values()
    assert rounding.bytes_before == weights.size * np.dtype(dtype).itemsize
    assert rounding.bytes_after == weights.size + 4 * weights.shape[axis]
    assert 0.001 < rounding.error < 0.01
    assert rounding.largest <= 0.51 / 127
    x = _input(graph)
    found, exact = (run(one, {"x": x.astype(dtype)})["y"] for one in (small, graph))
    assert found.dtype == dtype
    channel = axis if op == "MatMul" else 1
    others = tuple(place for place in range(found.ndim) if place != channel)
    assert (np.abs(found - exact).max(axis=others) < 0.03 * np.abs(exact).max(axis=others)).all()


@pytest.mark.parametrize(
    ("op", "weights", "attributes", "dtype"),
    [
        (op, weights, attributes, dtype)
        for op, weights, attributes, _ in CASES
        for dtype in (np.float32, np.float64)
        if (op, dtype) != ("Conv", np.float64)  # which ONNX Runtime does not have
    ],
)
def test_onnx_runtime_finds_what_numpy_finds(
    op: str, weights: np.ndarray, attributes: dict[str, Any], dtype: Any
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    small = quantise(_product(dtype, op, weights, **attributes))
    content = write_onnx(small)
    assert len(content) < 0.6 * len(write_onnx(_product(dtype, op, weights, **attributes)))
    x = _input(small)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (expected,) = session.run(["y"], {"x": x.astype(dtype)})
    found = run(read_onnx(content), {"x": x.astype(dtype)})["y"]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def _two() -> Graph:
    b, rng = Builder(), np.random.default_rng(2)
    x = b.input("x", np.float32, ("batch", 64))
    first = b("MatMul", x, b.weight(rng.standard_normal((64, 64)), np.float32), name="first")
    second = b.weight(rng.standard_normal((64, 64)), np.float32)
    both = b("Add", b("MatMul", first, second), b.weight(rng.standard_normal((1, 64)), np.float32))
    b.output(both, "y", np.float32, ("batch", 64))
    return b.graph()


def test_only_large_weights_of_products_behind_a_tensor_are_rounded() -> None:
    graph = _two()
    first, second, bias = graph.weights
    assert set(roundings(graph, quantise(graph))) == {first, second}
    assert set(roundings(graph, quantise(graph, after="first"))) == {second}
    assert set(roundings(graph, quantise(graph, least=64 * 64 + 1))) == set()
    assert bias in quantise(graph, least=1).weights
    with pytest.raises(ValueError, match="no tensor nowhere"):
        quantise(graph, after="nowhere")


def test_a_weight_that_serves_otherwise_too_keeps_its_bits() -> None:
    b = Builder()
    x, w = b.input("x", np.float32, ("batch", 64)), b.weight(np.arange(64 * 64).reshape(64, 64), np.float32)
    b.output(b("Add", b("MatMul", x, w), b("ReduceMax", w, axes=[0])), "y", np.float32, ("batch", 64))
    assert quantise(b.graph()) == b.graph()


def test_whole_numbers_of_zeros_are_zeros() -> None:
    whole, scales = rounded(np.zeros((2, 3), np.float32), 0)
    assert not whole.any()
    assert scales.tolist() == [1, 1]


def test_a_matrix_that_is_taken_as_rows_and_turned_round_has_a_scale_for_each_row() -> None:
    b, rows = Builder(), _scaled(40, 32, axis=0)
    x, w = b.input("x", np.float64, ("batch", 32)), b.weight(rows)
    along = b("MatMul", x, b("Transpose", w, perm=[1, 0]))
    b.output(b("MatMul", along, w), "y", np.float64, ("batch", 32))
    b.output(b("Gather", w, b.weight([1, 39]), axis=0), "chosen", np.float64, (2, 32))
    graph = b.graph()
    (rounding,) = roundings(graph, small := quantise(graph)).values()
    assert rounding.bytes_after == rows.size + 4 * len(rows)
    values = {"x": np.random.default_rng(1).standard_normal((5, 32))}
    exact, found = run(graph, values), run(small, values)
    for name in ("y", "chosen"):
        np.testing.assert_allclose(found[name], exact[name], atol=0.02 * np.abs(exact[name]).max())


def test_a_matrix_turned_round_for_a_product_behind_a_tensor_is_rounded_and_one_before_it_is_not() -> None:
    b, rng = Builder(), np.random.default_rng(0)
    x = b.input("x", np.float32, ("batch", 64))
    before, behind = (b.weight(rng.standard_normal((64, 64)), np.float32) for _ in range(2))
    features = b("MatMul", x, b("Transpose", before, perm=[1, 0]), name="features")
    b.output(b("MatMul", features, b("Transpose", behind, perm=[1, 0])), "y", np.float32, ("batch", 64))
    assert set(roundings(b.graph(), quantise(b.graph(), after="features"))) == {behind}
    b.output(b("Transpose", behind, perm=[1, 0]), "z", np.float32, (64, 64))
    assert set(roundings(b.graph(), quantise(b.graph(), after="features"))) == set()
