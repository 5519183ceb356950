from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.learned.reference import by_onnx_runtime

from offkey.errors import DataError, MissingExtraError
from offkey.learned.identify.classifiers import Classifier, Examples, create, restore
from offkey.learned.identify.resnet_layers import resnet34_layers, torchvision_names
from offkey.learned.training.history import History
from offkey.learned.training.monitor import Monitor, monitored

torch = pytest.importorskip("torch")

SMALL = {"n_mels": 32, "n_columns": 32, "width": 4, "batch_size": 8}


def _examples(n: int = 24) -> Examples:
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    images = rng.standard_normal((n, 32, 32))
    images[y == 1, :16] += 3  # the low bands are louder
    return Examples(images.reshape(n, -1).astype(np.float32) - 40, y)


def _fitted(**params: object) -> Classifier:
    classifier = create("resnet34", **{**SMALL, "epochs": 2, **params})
    classifier.fit(_examples(), _examples(8))
    return classifier


def test_the_defaults_are_those_of_the_published_recipe() -> None:
    params = create("resnet34").params()
    expected = {"batch_size": 32, "epochs": 5, "learning_rate": 1e-3, "optimiser": "adamw", "schedule": "cosine"}
    assert {**params, **expected, "weight_decay": 0.0, "clip_gradient": None, "weights": None} == params


def test_it_is_the_34_layer_network() -> None:
    from offkey.learned.network.torch_module import build

    module = build(resnet34_layers(1000))
    weights = sum(tensor.numel() for tensor in module.parameters())
    assert weights == 21_797_672 - 2 * 64 * 49  # He et al.: 21.8 million, less two channels of colour
    convolutions = [one for one in module.modules() if isinstance(one, torch.nn.Conv2d) and one.kernel_size != (1, 1)]
    assert len(convolutions) + 1 == 34
    assert module(torch.zeros(2, 1, 128, 155)).shape == (2, 1000)


def test_it_learns_is_decided_by_its_seed_and_comes_back() -> None:
    X, y = _examples().X, _examples().y
    classifier = _fitted(epochs=8, learning_rate=0.01)
    logits = classifier.logits(classifier.embed(X))
    assert (logits.argmax(axis=1) == y).all()
    short = _fitted(epochs=1).embed(X)
    np.testing.assert_array_equal(_fitted(epochs=1).embed(X), short)
    assert not np.array_equal(_fitted(epochs=1, seed=1).embed(X), short)
    np.testing.assert_array_equal(restore(classifier.state()).embed(X), classifier.embed(X))
    assert classifier.embed(X).shape == (24, 32)
    assert classifier.picture()[:4] == b"\x89PNG"  # type: ignore[index]
    json.dumps(vars(classifier)["history_"])


def test_numpy_scores_as_onnx_runtime_does() -> None:
    classifier = _fitted()
    expected = by_onnx_runtime(vars(classifier)["network_"], classifier._images(_examples().X))  # type: ignore[attr-defined]
    found = classifier.logits(classifier.embed(_examples().X))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_interrupted_training_goes_on(tmp_path: Path) -> None:
    def interrupt(title: str, history: History) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), monitored(Monitor(tmp_path, interrupt)):
        _fitted()
    with monitored(Monitor(tmp_path)):
        resumed, other = _fitted(), _fitted(seed=1)
    assert vars(resumed)["history_"]["resumed_at"] == 1
    assert vars(other)["history_"]["resumed_at"] is None
    np.testing.assert_array_equal(resumed.embed(_examples().X), _fitted().embed(_examples().X))


def _torchvision_weights(width: int) -> dict[str, np.ndarray]:
    """Random weights under torchvision's names, with three channels of colour."""
    from offkey.learned.network.torch_module import build

    rng, names, weights = np.random.default_rng(5), torchvision_names(), {}
    for name, tensor in build(resnet34_layers(2, width)).state_dict().items():
        layer, _, kind = name.rpartition(".")
        if layer in names and tensor.ndim:
            values = rng.random(tensor.shape).astype(np.float32)
            weights[f"{names[layer]}.{kind}"] = np.repeat(values, 3, axis=1) / 3 if layer == "0" else values
    return weights


def _write_safetensors(path: Path, arrays: dict[str, np.ndarray]) -> None:
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}  # type: ignore[assignment]
        at += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(array.tobytes() for array in arrays.values()))


def test_training_starts_from_given_weights(tmp_path: Path) -> None:
    weights = _torchvision_weights(4)
    np.savez(tmp_path / "w.npz", allow_pickle=False, **weights)
    _write_safetensors(tmp_path / "w.safetensors", weights)
    for path in (tmp_path / "w.npz", tmp_path / "w.safetensors"):
        classifier = create("resnet34", **{**SMALL, "weights": str(path)})
        started = classifier._module(resnet34_layers(2, SMALL["width"])).state_dict()  # type: ignore[attr-defined]
        np.testing.assert_allclose(started["0.weight"][:, 0], weights["conv1.weight"].sum(axis=1), atol=1e-6)
        np.testing.assert_allclose(started["4.body.3.weight"], weights["layer1.0.conv2.weight"], atol=1e-6)
        np.testing.assert_allclose(started["34.body.4.bias"], weights["layer4.2.bn2.bias"], atol=1e-6)
        still = _fitted(weights=str(path), learning_rate=1e-12, epochs=1)
        assert not np.array_equal(
            still.embed(_examples().X), _fitted(learning_rate=1e-12, epochs=1).embed(_examples().X)
        )


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    weights = _torchvision_weights(8)
    np.savez(tmp_path / "wide.npz", allow_pickle=False, **weights)
    np.savez(tmp_path / "few.npz", allow_pickle=False, a=np.zeros(2))
    (tmp_path / "no.safetensors").write_bytes(b"nothing at all")
    for name, words in [
        ("wide.npz", r"conv1\.weight must have the shape \(4, 1, 7, 7\), but has \(8, 1, 7, 7\)"),
        ("few.npz", "hold no conv1.weight"),
        ("no.safetensors", "are no .safetensors file, or damaged"),
        ("missing.npz", "cannot be read"),
        ("w.pth", r"must end in \.npz or \.safetensors"),
    ]:
        with pytest.raises(DataError, match=words):
            _fitted(weights=str(tmp_path / name))


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    def missing(name: str) -> object:
        raise ImportError(name)

    classifier = create("resnet34", **SMALL)
    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"needs torch, .*pip install 'offkey\[torch\]'"):
        classifier.fit(_examples(), _examples(8))
