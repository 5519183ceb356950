"""ONNX files that are read without the package of ONNX, and files that are none."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from tests.hostile.mutation import BYTES

from offkey.graph import Builder, write_onnx
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import DTYPES, Graph, read_onnx, run

onnx = pytest.importorskip("onnx", reason="onnx is not installed")


def _graph() -> Graph:
    """A graph with attributes of every kind and weights of every type."""
    b = Builder()
    x = b.input("x", np.float32, ("batch", 4))
    scaled = b("Gemm", x, b.weight(np.eye(4, dtype=np.float32)), "", alpha=0.5, transB=1)
    least, _ = b("TopK", scaled, b.weight([2]), outputs=2, axis=1, largest=0)
    shift = b("ConstantOfShape", b.weight([2]), value=np.array([3], np.float32))
    summed = b("Einsum", least, shift, equation="nd,d->nd")
    constant = b("Constant", value_floats=(0.5, -1.5))
    for dtype in DTYPES.values():
        summed = b("Add", summed, b.cast(b.weight([[0, 1]], dtype), np.float32))
    b.output(b("Transpose", b("Add", summed, constant), perm=(0, 1)), "y", np.float32, ("batch", 2))
    return b.graph()


def _same(one: Graph, other: Graph) -> bool:
    weights = one.weights.keys() == other.weights.keys() and all(
        array.dtype == other.weights[name].dtype and np.array_equal(array, other.weights[name])
        for name, array in one.weights.items()
    )
    nodes = repr(one.nodes) == repr(other.nodes)  # attributes may be arrays
    return weights and nodes and one.inputs == other.inputs and one.outputs == other.outputs


def test_what_is_written_is_read_again() -> None:
    again = read_onnx(write_onnx(_graph()))
    assert [(node.op, node.inputs, node.outputs) for node in again.nodes] == [
        (node.op, node.inputs, node.outputs) for node in _graph().nodes
    ]
    assert _same(again, read_onnx(write_onnx(again)))
    assert {name: array.dtype for name, array in again.weights.items()} == {
        name: array.dtype for name, array in _graph().weights.items()
    }
    assert (again.inputs, again.outputs) == (_graph().inputs, _graph().outputs)
    x = {"x": np.array([[4, 3, 2, 1], [5, 9, 7, 8]], np.float32)}
    assert np.array_equal(run(again, x)["y"], run(_graph(), x)["y"])


@pytest.mark.parametrize("number", DTYPES)
def test_values_that_stand_one_by_one_are_read(number: int) -> None:
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(DTYPES[number])
    listed = values.view(np.uint16) if number == 10 else values  # half precision stands there as its bits
    tensor = onnx.helper.make_tensor("w", number, values.shape, listed.ravel().tolist() if number != 10 else values)
    assert np.array_equal(_read(_model(tensor)).weights["w"], values)


def _model(tensor: onnx.TensorProto, op: str = "Identity", domain: str = "", opset: int = 17) -> onnx.ModelProto:
    helper = onnx.helper
    node = helper.make_node(op, ["w"], ["y"], domain=domain)
    output = helper.make_tensor_value_info("y", tensor.data_type, list(tensor.dims))
    graph = helper.make_graph([node], "g", [], [output], [tensor])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def _read(model: onnx.ModelProto) -> Graph:
    return read_onnx(model.SerializeToString())


def _weight(values: list[float]) -> onnx.TensorProto:
    return onnx.numpy_helper.from_array(np.array(values, np.float32), "w")


def test_what_a_graph_cannot_hold_is_refused() -> None:
    with pytest.raises(GraphError, match="not finite"):
        _read(_model(_weight([1, np.nan])))
    with pytest.raises(GraphError, match=r"operator of 'com\.example'"):
        _read(_model(_weight([1]), domain="com.example"))
    with pytest.raises(GraphError, match="opset 21; expected 13 to 17"):
        _read(_model(_weight([1]), opset=21))
    outside = _weight([1])
    onnx.external_data_helper.set_external_data(outside, "other.bin")
    with pytest.raises(GraphError, match=r"not stand whole|another file"):
        _read(_model(outside))
    text = onnx.helper.make_tensor("w", onnx.TensorProto.STRING, [1], [b"x"])
    with pytest.raises(GraphError, match="type 8"):
        _read(_model(text))
    with pytest.raises(GraphError, match="no ONNX file"):
        read_onnx(b"")
    branch = _model(_weight([1]))
    branch.graph.node[0].attribute.append(onnx.helper.make_attribute("body", branch.graph))
    with pytest.raises(GraphError, match="attribute 'body' of the type 5"):
        _read(branch)


def test_a_shape_that_the_values_do_not_have_is_refused() -> None:
    for shape in ([2], [2**40, 0], [-1], [1] * 40):
        tensor = _weight([1])
        del tensor.dims[:]
        tensor.dims.extend(shape)
        with pytest.raises(GraphError, match="The tensor 'w'"):
            _read(_model(tensor))


def test_tensors_that_nothing_gives_or_two_give_are_refused() -> None:
    model = _model(_weight([1]))
    model.graph.node[0].input[0] = "z"
    with pytest.raises(GraphError, match="tensor 'z', which nothing before it gives"):
        _read(model)
    model.graph.node[0].input[0] = model.graph.node[0].output[0] = "w"
    with pytest.raises(GraphError, match="Two tensors"):
        _read(model)


@pytest.mark.parametrize("name", ["a\x1b[31m", "two\nlines", "x" * 1025])
def test_names_that_no_message_could_show_are_refused(name: str) -> None:
    model = _model(_weight([1]))
    model.graph.node[0].output[0] = name
    with pytest.raises(GraphError, match=r"text that can be printed|name of 1025 bytes"):
        _read(model)


def test_fields_that_are_not_known_are_skipped() -> None:
    content = _model(_weight([1])).SerializeToString()
    assert _same(read_onnx(content + b"\xc2\x3e\x03new\xc8\x3e\x01\xcd\x3e\0\0\0\0"), read_onnx(content))


def test_damaged_files_are_read_or_refused_and_nothing_else() -> None:
    content, refused = write_onnx(_graph()), list[str]()
    x = {"x": np.ones((2, 4), np.float32)}
    for seed in range(1500):
        rng = np.random.default_rng(seed)
        damaged = BYTES[seed % len(BYTES)](rng, content)
        try:
            run(read_onnx(damaged), x)
        except GraphError as error:
            refused.append(str(error))
    assert len(refused) > 700
    assert [sentence for sentence in refused if not sentence.endswith(".") or "\n" in sentence] == []


def test_reading_and_running_takes_numpy_alone() -> None:
    code = (
        "import sys; sys.modules['onnx'] = sys.modules['onnxruntime'] = None\n"
        "from offkey.runtime.graph import read_onnx, run\n"
        "import numpy as np\n"
        "print(run(read_onnx(sys.stdin.buffer.read()), {'x': np.zeros((1, 4), np.float32)})['y'].shape)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=write_onnx(_graph()), capture_output=True, check=False)
    assert done.stdout == b"(1, 2)\n", done.stderr
