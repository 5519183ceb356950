from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.features import create
from offkey.features.embedding.onnx_head import find_head

onnx = pytest.importorskip("onnx")

POOLED = ["average = GlobalAveragePool (maps)", "pooled = Flatten (average)"]
HIDDEN = ["a = MatMul (pooled, to8)", "b = Relu (a)"]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a network over patches whose 8 maps are pooled and classified by the nodes that are given."""
    rng = np.random.default_rng(0)
    shapes = {"first": (8, 1, 3, 3), "to8": (8, 8), "to10": (8, 10), "to527": (8, 527), "bias": (10,)}

    def written(*nodes: str, output: str = "out") -> Path:
        lines = [
            "images = Unsqueeze (mel, axis)",
            "layer1 = Conv <kernel_shape = [3, 3], strides = [4, 4]> (images, first)",
            "maps = Relu (layer1)",
            *POOLED,
            *nodes,
        ]
        made = [onnx.parser.parse_node(line) for line in lines]
        read = {name for node in made for name in node.input}
        held = [
            onnx.numpy_helper.from_array(rng.normal(0, 0.5, shape).astype(np.float32), name)
            for name, shape in shapes.items()
        ]
        held += [onnx.numpy_helper.from_array(np.array([1]), "axis")]
        graph = onnx.helper.make_graph(
            made,
            "made",
            [onnx.helper.make_tensor_value_info("mel", 1, ["n", 96, 64])],
            [onnx.helper.make_tensor_value_info(output, 1, ["n", "d"])],
            [one for one in held if one.name in read],
        )
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
        onnx.save(model, str(tmp_path / "net.onnx"))
        return tmp_path / "net.onnx"

    return written


@pytest.mark.parametrize(
    ("nodes", "output", "kind", "layer"),
    [
        (["logits = Gemm (pooled, to10, bias)", "out = Softmax (logits)"], "out", "Softmax", "pooled"),
        (["a = MatMul (pooled, to10)", "b = Add (a, bias)", "out = Sigmoid (b)"], "out", "Sigmoid", "pooled"),
        (["a = MatMul (pooled, to10)", "b = LogSoftmax (a)", "out = Identity (b)"], "out", "LogSoftmax", "pooled"),
        ([*HIDDEN, "c = Gemm (b, to10)", "out = Softmax (c)"], "out", "Softmax", "pooled"),
        (["classes = Gemm (pooled, to10, bias)"], "classes", "class logits", "pooled"),
        (["out = Gemm (pooled, to527)"], "out", "class logits", "pooled"),
        (["out = Gemm (pooled, to10)"], "out", "linear", "pooled"),
        (["a = Mul (pooled, pooled)", "b = Gemm (a, to10)", "out = Softmax (b)"], "out", "Softmax", "a"),
        (["a = Exp (pooled)", "b = Relu (a)", "c = Gemm (b, to10)", "out = Softmax (c)"], "out", "Softmax", "b"),
        (["out = Softmax (pooled)"], "out", "Softmax", None),
        (["out = Relu (pooled)"], "out", None, None),
        (["out = Identity (pooled)"], "out", None, None),
    ],
)  # fmt: skip
def test_heads_are_found_and_the_layer_before_them(write: Write, nodes, output, kind, layer) -> None:
    graph = onnx.load(str(write(*nodes, output=output))).graph
    size = 527 if "to527" in nodes[-1] else None
    head = find_head(graph, output, size)
    assert (head and head.kind, head and head.layer) == (kind, layer)


def test_the_layer_before_a_softmax_is_taken_and_the_note_says_so(write: Write, hum, normal_folder: Path) -> None:
    path = write("logits = Gemm (pooled, to10, bias)", "out = Softmax (logits)")
    by_default, named = create(f"onnx:{path}"), create(f"onnx:{path}", layer="pooled")
    np.testing.assert_array_equal(by_default.vector(hum(), 16_000), named.vector(hum(), 16_000))
    assert named.notes() == []
    taken = f"The tensor 'out' of {path} is a classifier's head (Softmax), which is no embedding: the layer before it "
    assert by_default.notes() == [f"{taken}is taken, 'pooled'."]
    assert by_default.about()["layer"] == "pooled"
    model = offkey.fit(normal_folder, features=f"onnx:{path}", detector="knn")
    assert by_default.notes()[0] in model.fitted_on.notes


def test_a_head_that_is_asked_for_is_taken_with_a_note(write: Write, hum) -> None:
    path = write("logits = Gemm (pooled, to10, bias)", "out = Softmax (logits)")
    front_end = create(f"onnx:{path}", layer="out")
    assert front_end.vector(hum(), 16_000).sum() == pytest.approx(1, abs=1e-5)
    (note,) = front_end.notes()
    assert "(Softmax), which is no embedding: better name the layer before it, 'pooled', as 'layer'." in note


def test_a_linear_layer_is_taken_and_said_to_be_a_doubtful_one(write: Write, hum) -> None:
    path = write("out = Gemm (pooled, to10)")
    front_end = create(f"onnx:{path}")
    assert front_end.vector(hum(), 16_000).shape == (10,)
    (note,) = front_end.notes()
    assert note.endswith("is a linear layer over 'pooled': if it stands for classes, name that one as 'layer'.")
    assert create(f"onnx:{path}", layer="out").notes() == []


def test_an_output_that_is_named_embedding_is_believed(write: Write) -> None:
    assert create(f"onnx:{write('embedding = Gemm (pooled, to10)', output='embedding')}").notes() == []


def test_a_softmax_in_pieces_is_found_by_its_sum(write: Write) -> None:
    pieces = ("a = Gemm (pooled, to10)", "b = Exp (a)", "c = ReduceSum <keepdims = 1> (b, axis)", "out = Div (b, c)")
    (note,) = create(f"onnx:{write(*pieces)}").notes()
    assert "The layer 'out' of" in note
    assert "gives numbers that sum to one" in note


def test_a_head_without_a_layer_before_it_is_named(write: Write) -> None:
    (note,) = create(f"onnx:{write('out = Softmax (pooled)')}").notes()
    assert "name a layer before it as 'layer'; 'offkey info" in note


def test_the_head_of_a_real_encoder_is_not_taken(shared_data: Path, hum) -> None:
    path = shared_data / "encoders" / "yamnet_256_64x96_tl.onnx"
    if not path.is_file():
        pytest.skip(f"the encoder {path} is absent")
    front_end = create(f"onnx:{path}")
    assert front_end.vector(hum(), 16_000).shape == (256,)
    (note,) = front_end.notes()
    assert "'new_head' of" in note
    assert "global_average_pooling2d_3/Mean_Squeeze__119:0'." in note
