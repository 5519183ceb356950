"""Every operator that numpy runs, against ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

from offkey.graph import Builder, write_onnx
from offkey.runtime.graph import DTYPES, Graph, run
from offkey.runtime.graph.operations import OPERATIONS

onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")


class Case(NamedTuple):
    """An operator on some inputs."""

    op: str
    inputs: tuple[Any, ...]  # arrays; a list of whole numbers is a weight, None an input left out
    attributes: dict[str, Any]
    outputs: int = 1


def _numbers(*shape: int, dtype: Any = np.float32, seed: int = 0, low: float = -2, high: float = 2) -> np.ndarray:
    return np.random.default_rng(seed).uniform(low, high, shape).astype(dtype)


def _case(op: str, *inputs: Any, outputs: int = 1, **attributes: Any) -> Case:
    return Case(op, inputs, attributes, outputs)


def _by_number() -> Iterator[Case]:
    for op in ("Abs", "Ceil", "Cos", "Exp", "Floor", "Identity", "Neg", "Relu", "Round", "Sigmoid", "Sign"):
        yield _case(op, _numbers(3, 4))
        yield _case(op, _numbers(2, 1, 3, dtype=np.float64 if op != "Cos" else np.float32, high=9))
    yield _case("Round", np.array([0.5, 1.5, 2.5, -0.5, -1.5], np.float32))
    for op in ("Sin", "Tanh"):
        yield _case(op, _numbers(5))
    for op in ("Log", "Sqrt", "Reciprocal"):
        yield _case(op, _numbers(3, 4, low=0.1))
        yield _case(op, _numbers(7, dtype=np.float64, low=0.1))
    for op in ("Add", "Sub", "Mul", "Div", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal"):
        for dtype in (np.float32, np.float64, np.int64):
            yield _case(op, _numbers(3, 1, 4, dtype=dtype, low=-9, high=9), _numbers(5, 1, dtype=dtype, low=1, high=9))
    for op in ("And", "Or"):
        yield _case(op, np.array([[True, False]]), np.array([[True], [False]]))
    yield _case("Not", np.array([True, False]))
    for op in ("Max", "Min"):
        yield _case(op, _numbers(3, 4), _numbers(4, seed=1), _numbers(3, 1, seed=2))
        yield _case(op, _numbers(2, dtype=np.float64))
    yield _case("Mod", _numbers(6, dtype=np.int64, low=-9, high=9), np.array([4, -4, 3, -3, 5, 7]))
    yield _case("Mod", _numbers(6, low=-9, high=9), np.array([4, -4, 3, -3, 5, 7], np.float32), fmod=1)
    yield _case("Pow", _numbers(3, 2, low=0), np.array([2, 0.5], np.float32))
    yield _case("Pow", _numbers(3, dtype=np.float64), np.array(2, np.float64))
    yield _case("Clip", _numbers(3, 4), np.float32(-1), np.float32(0.5))
    yield _case("Clip", _numbers(3, 4, dtype=np.float64), None, np.float64(0.5))
    yield _case("Clip", _numbers(3, 4), np.float32(1))
    yield _case("Where", np.array([[True], [False]]), _numbers(2, 3), _numbers(3, seed=1))
    for dtype in (np.float32, np.float64, np.int64, np.int32, np.bool_, np.float16):
        (number,) = (number for number, known in DTYPES.items() if known == dtype)
        yield _case("Cast", _numbers(6, low=-9, high=9), to=number)
        yield _case("Cast", np.array([0, 1, -3, 2]), to=number)
    integers = np.random.default_rng(0).integers(-128, 128, (3, 4)).astype(np.int8)
    yield _case("DequantizeLinear", integers, np.float32(0.1), np.int8(0))
    yield _case("DequantizeLinear", integers, _numbers(4, low=0.1), np.arange(4, dtype=np.int8), axis=1)
    yield _case("DequantizeLinear", integers, _numbers(3, low=0.1), axis=0)
    yield _case(
        "DequantizeLinear", integers.view(np.uint8), _numbers(3, low=0.1), np.arange(3, dtype=np.uint8), axis=-2
    )


def _linear() -> Iterator[Case]:
    for dtype in (np.float32, np.float64):
        yield _case("MatMul", _numbers(3, 4, dtype=dtype), _numbers(4, 2, dtype=dtype))
        yield _case("MatMul", _numbers(5, 1, 3, 4, dtype=dtype), _numbers(2, 4, 2, dtype=dtype))
        yield _case("MatMul", _numbers(3, 4, dtype=dtype), _numbers(4, dtype=dtype))
        yield _case("Gemm", _numbers(3, 4, dtype=dtype), _numbers(4, 2, dtype=dtype))
        c = _numbers(2, dtype=dtype)
        yield _case("Gemm", _numbers(3, 4, dtype=dtype), _numbers(2, 4, dtype=dtype), c, transB=1, alpha=0.5, beta=2.0)
        yield _case(
            "Gemm", _numbers(4, 3, dtype=dtype), _numbers(4, 2, dtype=dtype), _numbers(1, dtype=dtype), transA=1
        )
        yield _case("Einsum", _numbers(3, 4, dtype=dtype), _numbers(5, 4, 4, dtype=dtype), equation="nd, kde -> nke")
        yield _case("Einsum", _numbers(3, 4, dtype=dtype), _numbers(3, 4, dtype=dtype), equation="nd,nd->n")


def _images() -> Iterator[Case]:
    image, weights = _numbers(2, 4, 9, 8), _numbers(6, 4, 3, 2, seed=1)
    yield _case("Conv", image, weights)
    yield _case("Conv", image, weights, _numbers(6), strides=(2, 1), pads=(1, 0, 2, 1), kernel_shape=(3, 2))
    yield _case("Conv", image, weights, dilations=(2, 3))
    yield _case("Conv", image, _numbers(6, 2, 3, 3), group=2, pads=(1, 1, 1, 1))
    yield _case("Conv", image, _numbers(4, 1, 3, 3), _numbers(4), group=4)
    yield _case("Conv", image, _numbers(5, 4, 1, 1), strides=(2, 2))
    yield _case("Conv", _numbers(3, 1, 50), _numbers(7, 1, 16), strides=(5,))
    for kernel, more in {(3, 2): {}, (1, 8): {}, (9, 8): {"strides": (1, 1)}}.items():
        yield _case("MaxPool", image, kernel_shape=kernel, strides=more.get("strides", kernel))
    yield _case("MaxPool", image, kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1))
    yield _case("MaxPool", _numbers(2, 3, 11), kernel_shape=(2,))
    yield _case("AveragePool", image, kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 0, 1))
    yield _case("AveragePool", image, kernel_shape=(3, 3), pads=(1, 1, 1, 1), count_include_pad=1)
    yield _case("GlobalAveragePool", image)
    yield _case("GlobalAveragePool", _numbers(2, 3, 5))
    four = [_numbers(4, seed=seed, low=0.1) for seed in range(4)]
    yield _case("BatchNormalization", image, *four)
    yield _case("BatchNormalization", _numbers(5, 4), *four, epsilon=1e-3)
    scales = np.array([1, 1, 2, 3], np.float32)
    yield _case("Resize", image, None, scales, mode="nearest")
    floor = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    yield _case("Resize", image, None, scales, mode="nearest", **floor)
    yield _case("Resize", image, None, None, [2, 4, 18, 8], mode="nearest")


def _reducing() -> Iterator[Case]:
    for dtype in (np.float32, np.float64):
        values = _numbers(3, 4, 5, dtype=dtype)
        for op in ("L2", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"):
            yield _case(f"Reduce{op}", values, axes=(1,), keepdims=0)
            yield _case(f"Reduce{op}", values, axes=(-1, 0))
            yield _case(f"Reduce{op}", values)
        yield _case("ReduceSum", values, [1, 2], keepdims=0)
        yield _case("ReduceSum", values)
        yield _case("ReduceSum", values, [0], keepdims=1)
        for op in ("Softmax", "LogSoftmax"):
            yield _case(op, values)
            yield _case(op, values, axis=1)
        yield _case("TopK", values, [2], outputs=2)
        yield _case("TopK", values, [3], outputs=2, axis=1, largest=0)
        yield _case("TopK", values, [5], outputs=2, axis=-1, largest=1)
        yield _case("TopK", np.round(_numbers(4, 60, dtype=dtype)), [7], outputs=2, axis=1, largest=0)
        yield _case("TopK", np.round(_numbers(4, 60, dtype=dtype)), [1], outputs=2, axis=1)
        for largest in (0, 1):
            yield _case("TopK", _numbers(4, 60, dtype=dtype), [7], outputs=2, axis=1, largest=largest)
            for k in (1, 7, 60):
                yield _case("TopK", np.round(_numbers(4, 60, dtype=dtype)), [k], outputs=2, axis=1, largest=largest)
        yield _case("CumSum", values, np.array(1))
        yield _case("CumSum", values, np.array(-1), exclusive=1)
        yield _case("CumSum", values, np.array(0), reverse=1, exclusive=1)
    for op in ("ArgMax", "ArgMin"):
        yield _case(op, _numbers(3, 4, 5), axis=1)
        yield _case(op, np.round(_numbers(3, 14)), axis=-1, keepdims=0)


def _shaping() -> Iterator[Case]:
    values = _numbers(2, 3, 4)
    yield _case("Concat", values, _numbers(2, 5, 4), axis=1)
    yield _case("Concat", values, values, values, axis=-1)
    yield _case("Constant", value=np.arange(3, dtype=np.float64))
    yield _case("Constant", value_float=0.5)
    yield _case("Constant", value_ints=(3, 4))
    yield _case("ConstantOfShape", [2, 3])
    yield _case("ConstantOfShape", [2, 0], value=np.array([7], np.int64))
    yield _case("Expand", _numbers(3, 1), [2, 1, 5])
    yield _case("Expand", values, [1])
    for axis in (0, 1, 3, -1):
        yield _case("Flatten", values, axis=axis)
    yield _case("Gather", values, np.array([[0, 2], [-1, 1]]), axis=1)
    yield _case("Gather", values, np.array(1))
    yield _case("GatherElements", values, np.array([[[0, -1]], [[3, 2]]]), axis=2)
    yield _case("Pad", values, [0, 1, 2, 1, 0, 3])
    yield _case("Pad", values, [0, 0, 1, 0, 0, 1], np.float32(-3))
    for mode in ("reflect", "edge"):
        yield _case("Pad", values, [0, 1, 2, 0, 2, 3], mode=mode)
    yield _case("Range", np.array(3), np.array(12), np.array(4))
    yield _case("Range", np.array(1, np.float32), np.array(-1, np.float32), np.array(-0.5, np.float32))
    yield _case("Reshape", values, [0, -1])
    yield _case("Reshape", values, [4, 6])
    yield _case("Reshape", _numbers(0, 3), [3, 0], allowzero=1)
    yield _case("Shape", values)
    yield _case("Shape", values, start=1, end=-1)
    yield _case("Slice", values, [1, 0], [3, -1], [1, 2])
    yield _case("Slice", values, [-1], [-99], [2], [-1])
    yield _case("Slice", values, [0, 1], [2**63 - 1, 2], [2, -2], [3, 1])
    yield _case("Split", values, [1, 2], outputs=2, axis=1)
    yield _case("Squeeze", _numbers(1, 3, 1), [0, -1])
    yield _case("Squeeze", _numbers(1, 3, 1))
    yield _case("Tile", _numbers(2, 3), [2, 1])
    yield _case("Transpose", values)
    yield _case("Transpose", values, perm=(1, 2, 0))
    yield _case("Unsqueeze", _numbers(3), [0, 2])


CASES = [*_by_number(), *_linear(), *_images(), *_reducing(), *_shaping()]


def _graph(case: Case) -> tuple[Graph, dict[str, np.ndarray]]:
    """The operator alone, and what it takes; types and shapes are those that numpy finds, and ONNX checks them."""
    b, given, names = Builder(), dict[str, np.ndarray](), list[str]()
    for number, value in enumerate(case.inputs):
        if isinstance(value, list) or value is None:
            names.append("" if value is None else b.weight(np.array(value, np.int64)))
            continue
        array = np.asarray(value)
        names.append(b.input(f"x{number}", array.dtype, array.shape))
        given[f"x{number}"] = array
    found = b(case.op, *names, outputs=case.outputs, **case.attributes)
    made = [found] if isinstance(found, str) else list(found)
    for number, (tensor, one) in enumerate(run(b.graph(), given, made).items()):
        b.output(tensor, f"y{number}", one.dtype, one.shape)
    return b.graph(), given


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.op)
def test_numpy_finds_what_onnx_runtime_finds(case: Case) -> None:
    graph, given = _graph(case)
    session = onnxruntime.InferenceSession(write_onnx(graph), providers=["CPUExecutionProvider"])
    names = [port.name for port in graph.outputs]
    found = run(graph, given)
    assert all(np.array_equal(run(graph, given, [name])[name], found[name]) for name in names)
    for name, expected in zip(names, session.run(names, given), strict=True):
        assert (found[name].dtype, found[name].shape) == (expected.dtype, expected.shape)
        exact = 1e-12 if expected.dtype == np.float64 else 2e-5
        np.testing.assert_allclose(found[name], expected, rtol=exact, atol=exact / 10)


def test_every_operator_is_compared() -> None:
    assert {case.op for case in CASES} == set(OPERATIONS)
