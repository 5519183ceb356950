"""The descriptions that come with offkey, on networks of the same form with few random weights."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import offkey
from offkey.errors import ParameterError
from offkey.features import create
from offkey.features.embedding.description import ENCODERS, read_description
from offkey.features.embedding.patches import log_mel_patches

onnx = pytest.importorskip("onnx")

Floats = NDArray[np.float64]
DOCS = Path(__file__).parents[3] / "docs" / "encoders.md"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a network of some nodes, with random weights of given shapes."""

    def written(name: str, shape: list, outputs: list[str], nodes: list[str], **weights: tuple[int, ...]) -> Path:
        rng = np.random.default_rng(0)
        drawn = {key: rng.normal(0, 0.1, of).astype(np.float32) for key, of in weights.items()}
        held = [onnx.numpy_helper.from_array(values, key) for key, values in drawn.items()]
        held.append(onnx.numpy_helper.from_array(np.array([1]), "one"))
        made = [onnx.parser.parse_node(node) for node in nodes]
        graph = onnx.helper.make_graph(
            made,
            "made",
            [onnx.helper.make_tensor_value_info("mel", 1, shape)],
            [onnx.helper.make_tensor_value_info(one, 1, [*("ndbt" if one == "maps" else "nd")]) for one in outputs],
            [one for one in held if any(one.name in node.input for node in made)],
        )
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
        onnx.save(model, str(tmp_path / name))
        return tmp_path / name

    return written


def _spectrogram(samples: Floats, window: Floats, n_fft: int, hop: int) -> Floats:
    """Return powers of frames, shape (n_frames, n_fft // 2 + 1), by a transform written as a matrix."""
    transform = np.exp(-2j * np.pi * np.outer(np.arange(len(window)), np.arange(n_fft // 2 + 1)) / n_fft)
    starts = range(0, len(samples) - len(window) + 1, hop)
    return np.array([np.abs((samples[start : start + len(window)] * window) @ transform) ** 2 for start in starts])


def _triangles(positions: Floats, edges: Floats) -> Floats:
    weights = np.zeros((len(positions), len(edges) - 2))
    for k, position in enumerate(positions):
        for band in range(weights.shape[1]):
            low, centre, high = edges[band : band + 3]
            weights[k, band] = max(0.0, min((position - low) / (centre - low), (high - position) / (high - centre)))
    return weights


def _mel(hz: Floats | float) -> Floats:
    return 2595 * np.log10(1 + np.asarray(hz) / 700)


def test_the_mel_spectrogram_of_efficientat_is_that_of_its_definition(hum) -> None:
    samples = hum(3, seconds=0.6, rate=32_000)
    wide = samples.astype(np.float64)
    window = np.array([0.5 * (1 - np.cos(2 * np.pi * n / 799)) for n in range(800)])
    power = _spectrogram(wide[1:] - 0.97 * wide[:-1], window, 1024, 320)
    weights = _triangles(_mel(np.linspace(0, 16_000, 513)), np.linspace(0, _mel(15_000), 130))
    expected = (np.log(power @ weights + 1e-5) + 4.5) / 5
    for name in ("efficientat-mn04", "efficientat-mn10"):
        how = read_description(Path("nowhere.onnx"), name)
        (patch,) = log_mel_patches(samples, how.rate, how.patches)
        np.testing.assert_allclose(patch, expected, atol=2e-4)


def test_the_mel_spectrogram_of_ced_is_that_of_its_definition(hum) -> None:
    samples = hum(3, seconds=0.6)
    window = np.array([0.5 * (1 - np.cos(2 * np.pi * n / 512)) for n in range(512)])
    power = _spectrogram(samples.astype(np.float64), window, 512, 160)
    edges_hz = 700 * (10 ** (np.linspace(0, _mel(8000), 66) / 2595) - 1)
    expected = 10 * np.log10(np.maximum(power @ _triangles(np.linspace(0, 8000, 257), edges_hz), 1e-10))
    how = read_description(Path("nowhere.onnx"), "ced-tiny")
    (patch,) = log_mel_patches(samples, how.rate, how.patches)
    some = expected > -90  # they cut off below 1e-10, offkey adds it
    assert some.mean() > 0.8
    np.testing.assert_allclose(patch[some], expected[some], atol=5e-3)


def test_a_network_like_efficientat_gives_its_embedding_or_its_maps(write, hum, normal_folder: Path) -> None:
    nodes = [
        "layer = Conv <kernel_shape = [32, 32], strides = [32, 32]> (mel, first)",
        "maps = Relu (layer)",
        "average = GlobalAveragePool (maps)",
        "embedding = Flatten (average)",
    ]
    path = write("mn04_as.onnx", [1, 1, 128, "time"], ["embedding", "maps"], nodes, first=(6, 1, 32, 32))
    front_end = create(f"onnx:{path}", encoder="efficientat-mn04")
    for seconds in (0.5, 2.0, 25.0):
        assert front_end.vector(hum(seconds=seconds, rate=32_000), 32_000).shape == (6,)
    assert front_end.min_samples(32_000) == 1 + 800 + 31 * 320
    assert front_end.notes() == []
    kept = create(f"onnx:{path}", encoder="efficientat-mn04", layer="maps", axes="ndbt", keep_bands=True)
    assert kept.detector_params() == {"frequency_patches": 4}
    params = {"encoder": "efficientat-mn04"}
    model = offkey.fit(normal_folder, features=f"onnx:{path}", features_params=params, detector="knn")
    assert model.front_end.about()["licence"] == "MIT"
    assert model.score(hum(50, tone_hz=3000), rate=16_000).score > model.score(hum(51), rate=16_000).score


def test_of_a_network_like_ced_what_the_classifier_takes_is_taken(write, hum) -> None:
    nodes = [
        "image = Unsqueeze (mel, one)",
        "tokens = Conv <kernel_shape = [16, 16], strides = [16, 16]> (image, first)",
        "mean = ReduceMean <axes = [2, 3], keepdims = 0> (tokens)",
        "normed = LayerNormalization (mean, scale)",
        "product = MatMul (normed, classes)",
        "logits = Add (product, bias)",
        "prob = Sigmoid (logits)",
    ]
    shapes = {"first": (8, 1, 16, 16), "scale": (8,), "classes": (8, 527), "bias": (527,)}
    path = write("model.onnx", ["batch_size", 64, "time_dim"], ["prob"], nodes, **shapes)
    front_end = create(f"onnx:{path}", encoder="ced-tiny")
    for seconds in (0.5, 2.0, 12.0):
        assert front_end.vector(hum(seconds=seconds), 16_000).shape == (8,)
    (note,) = front_end.notes()
    assert "(Sigmoid), which is no embedding: the layer before it is taken, 'normed'." in note


@pytest.mark.parametrize("block", [6, 8, 10])
def test_a_middle_layer_of_yamnet_is_found_whatever_stands_before_its_name(write, hum, block: int) -> None:
    name = f"Partitioned/yamnet/layer{block}/pointwise_conv/relu/Relu:0"
    nodes = ["maps1 = Conv <kernel_shape = [16, 16], strides = [16, 16]> (mel, first)"]
    path = write("yamnet.onnx", ["n", 1, 64, 96], ["pooled"], nodes, first=(4, 1, 16, 16))
    model = onnx.load(str(path))
    model.graph.node.append(onnx.helper.make_node("Relu", ["maps1"], [name]))
    model.graph.node.append(onnx.helper.make_node("ReduceMean", [name], ["pooled"], axes=[2, 3], keepdims=0))
    onnx.save(model, str(path))
    front_end = create(f"onnx:{path}", encoder=f"yamnet-block{block}")
    assert front_end.vector(hum(), 16_000).shape == (4,)
    assert front_end.about()["layer"] == name
    assert create(f"onnx:{path}", encoder=f"yamnet-block{block}").about()["layer"] == name  # before it is loaded too


def test_the_file_of_another_encoder_is_refused_by_the_encoders_name(write, hum) -> None:
    path = write("other.onnx", [1, 1, 128, "time"], ["maps"], ["maps = Relu (mel)"])
    with pytest.raises(ParameterError, match=r"is no file of the encoder 'efficientat-mn04', .* tensor 'embedding'"):
        create(f"onnx:{path}", encoder="efficientat-mn04").vector(hum(rate=32_000), 32_000)


def test_a_pattern_must_fit_one_tensor(yamnet_folder: Path, hum) -> None:
    path = yamnet_folder / "patches.onnx"
    assert create(f"onnx:{path}", layer="re*1").vector(hum(), 16_000).shape == (8,)
    with pytest.raises(ParameterError, match=r"has 2 tensors that fit the layer 'Ident.*': name one of Identity"):
        create(f"onnx:{path}", layer="Ident*").vector(hum(), 16_000)
    with pytest.raises(ParameterError, match=r"has no tensor 'x.*': its 8 tensors include"):
        create(f"onnx:{path}", layer="x*").vector(hum(), 16_000)


def test_the_sixth_block_of_a_real_yamnet_is_found(shared_data: Path, hum) -> None:
    path = shared_data / "encoders" / "yamnet_256_64x96_tl.onnx"
    if not path.is_file():
        pytest.skip(f"the encoder {path} is absent")
    front_end = create(f"onnx:{path}", encoder="yamnet-block6", keep_bands=True)
    assert front_end.vector(hum(), 16_000).shape == (256 * 8,)
    assert front_end.detector_params() == {"frequency_patches": 8}
    pooled = create(f"onnx:{path}", layer="*global_average_pooling2d_3/Mean_Squeeze__119:0").vector(hum(), 16_000)
    of_block = create(f"onnx:{path}", encoder="yamnet-block6").vector(hum(), 16_000)
    np.testing.assert_allclose(of_block, pooled, rtol=1e-3, atol=1e-5)


def test_the_file_beside_it_and_options_count_more(yamnet_folder: Path, tmp_path: Path) -> None:
    own = Path(shutil.copy(yamnet_folder / "patches.onnx", tmp_path / "own.onnx"))
    assert read_description(own, "yamnet-block6").layer == "*layer6/pointwise_conv/relu/Relu:0"
    own.with_suffix(".toml").write_text('layer = "relu1"')
    assert read_description(own, "yamnet-block6").layer == "relu1"
    assert read_description(own, "yamnet-block6", layer="pooled").layer == "pooled"
    assert read_description(own, "yamnet-block6").licence == "Apache-2.0"
    with pytest.raises(ParameterError, match=r"must be one of None, 'ced-tiny', .* Got 'beats' instead"):
        create(f"onnx:{own}", encoder="beats")


@pytest.mark.parametrize("name", ENCODERS)
def test_every_encoder_is_documented(name: str) -> None:
    how = read_description(Path("nowhere.onnx"), name)
    assert how.licence
    assert how.source.startswith("https://")
    page = DOCS.read_text(encoding="utf-8")
    assert f"`{name}`" in page
    assert f"encoder={name}" in page
