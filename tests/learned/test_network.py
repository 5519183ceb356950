from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from tests.learned.reference import by_onnx_runtime

from offkey.errors import MissingExtraError, ParameterError
from offkey.learned.network import FEATURES, OUTPUT, KeptNetwork, Network
from offkey.learned.network.layers import (
    Layer,
    batch_norm,
    conv2d,
    dense,
    dropout,
    flatten,
    global_mean,
    max_pool2d,
    relu,
    reshape,
    residual,
    upsample2d,
)

torch = pytest.importorskip("torch", reason="torch is not installed")

NETWORKS: dict[str, tuple[list[Layer], tuple[int, ...]]] = {
    "dense": ([dense(12, 7), batch_norm(7), relu(), dropout(0.5), dense(7, 3, bias=False)], (12,)),
    "convolutional": (
        [
            conv2d(2, 5, kernel=(3, 5), stride=(2, 1), padding=(1, 2), bias=False),
            batch_norm(5),
            relu(),
            max_pool2d((3, 2), stride=(2, 2), padding=(1, 0)),
            conv2d(5, 4, kernel=(1, 3)),
            flatten(),
        ],
        (2, 17, 12),
    ),
    "residual": (
        [
            residual(
                [conv2d(3, 6, stride=(2, 2), padding=(1, 1), bias=False), batch_norm(6), relu()],
                [conv2d(3, 6, kernel=(1, 1), stride=(2, 2), bias=False), batch_norm(6)],
            ),
            relu(),
            residual([conv2d(6, 6, padding=(1, 1)), residual([relu()])]),
            global_mean(),
        ],
        (3, 9, 8),
    ),
    "shapes": ([dense(4, 24), reshape((2, 3, 4)), upsample2d((2, 3)), conv2d(2, 3), global_mean()], (4,)),
}


def _trained(layers: list[Layer], shape: tuple[int, ...]) -> tuple[Network, np.ndarray, np.ndarray]:
    """A network whose batch norms have seen something, an input, and what torch makes of it."""
    from offkey.learned.network.torch_module import build, to_network

    torch.manual_seed(0)
    module = build(layers)
    rng = np.random.default_rng(0)
    module.train()
    for _ in range(3):
        module(torch.from_numpy(3 * rng.standard_normal((8, *shape)).astype(np.float32) + 1))
    module.eval()
    x = rng.standard_normal((5, *shape)).astype(np.float32)
    with torch.no_grad():
        return to_network(layers, module, shape), x, module(torch.from_numpy(x)).numpy()


@pytest.mark.parametrize("name", NETWORKS)
def test_numpy_computes_what_torch_computes(name: str) -> None:
    network, x, expected = _trained(*NETWORKS[name])
    np.testing.assert_allclose(network(x), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(network(x, batch=2), expected, rtol=1e-5, atol=1e-5)
    assert network(x).dtype == np.float32
    assert network(x[:0]).shape == (0, *expected.shape[1:])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_state_is_an_onnx_file_and_gives_the_network_again(name: str) -> None:
    network, x, expected = _trained(*NETWORKS[name])
    state = network.state()
    assert list(state) == ["onnx"]
    np.testing.assert_array_equal(Network.from_state(state, list)(x), network(x))
    np.testing.assert_allclose(by_onnx_runtime(state, x), expected, rtol=1e-5, atol=1e-5)


def test_a_tensor_before_the_output_and_the_weights_behind_it_are_there() -> None:
    network, x, expected = _trained(*NETWORKS["dense"])
    (weight,) = network.weights_of(OUTPUT)
    np.testing.assert_allclose(network(x, tensor=FEATURES) @ weight.T, expected, rtol=1e-5, atol=1e-5)


def _earlier() -> tuple[dict[str, Any], list[int]]:
    layers = [dense(2, 3), batch_norm(3), relu(), dense(3, 1, bias=False)]
    rng = np.random.default_rng(0)
    shapes = {"0.weight": (3, 2), "0.bias": (3,), "3.weight": (1, 3)}
    norm = {f"1.{name}": (3,) for name in ("weight", "bias", "running_mean", "running_var")}
    arrays = {name: rng.random(shape).astype(np.float32) for name, shape in (shapes | norm).items()}
    return {"layers": layers, "arrays": arrays}, [2]


def test_layers_and_arrays_of_earlier_versions_are_read_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("onnx", "torch"):
        monkeypatch.setitem(sys.modules, module, None)
    state, shape = _earlier()
    a, x = state["arrays"], np.array([[1, -2], [0.5, 3]], np.float32)
    normal = (x @ a["0.weight"].T + a["0.bias"] - a["1.running_mean"]) / np.sqrt(a["1.running_var"] + 1e-5)
    expected = np.maximum(normal * a["1.weight"] + a["1.bias"], 0) @ a["3.weight"].T
    np.testing.assert_allclose(Network.from_state(state, lambda: shape)(x), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("layers", []),
        ("layers", [{"kind": "magic"}]),
        ("layers", [relu(), {"kind": "dense"}]),
        ("layers", 3),
        ("arrays", {}),
        ("onnx", np.arange(99, dtype=np.uint8)),
        ("onnx", {"a": 1}),
    ],
)
def test_a_state_that_is_damaged_is_refused_in_a_sentence(key: str, value: object) -> None:
    state, shape = _earlier()
    with pytest.raises(ParameterError, match=r"The network cannot be read\. .*\.$"):
        Network.from_state({**state, key: value}, lambda: shape)


def test_many_inputs_are_convolved_one_by_one() -> None:
    layers, arrays = [conv2d(16, 1, bias=False), flatten()], {"0.weight": np.ones((1, 16, 3, 3), np.float32)}
    network = Network.from_state({"layers": layers, "arrays": arrays}, lambda: [16, 3, 2002])
    x = np.broadcast_to(np.float32(1), (500, 16, 3, 2002))  # their windows together would be 144 million values
    assert (network(x, batch=500) == 144).all()


def test_layers_that_do_not_fit_or_ask_for_too_much_are_refused_when_they_run() -> None:
    layers = [reshape((1, 1, 2)), upsample2d((2**15, 2**15)), flatten()]
    network = Network.from_state({"layers": layers, "arrays": {}}, lambda: [2])
    with pytest.raises(ParameterError, match=r"The network cannot be run\. .*Resize"):
        network([[1, 2]])
    with pytest.raises(ParameterError, match=r"takes the input 'input' .* and shape \(batch, 2\)"):
        network([[1, 2, 3]])


def test_a_component_reads_its_network_once_and_gives_it_to_no_copy() -> None:
    state, shape = _earlier()
    kept = KeptNetwork()
    network = kept.of(state, lambda: shape)
    assert kept.of(state, lambda: shape) is network
    assert kept.of(dict(state), lambda: shape) is not network
    assert len(pickle.dumps(kept)) < 200


def test_running_a_network_imports_no_torch_and_training_names_what_is_missing() -> None:
    state = _trained(*NETWORKS["dense"])[0].state()
    code = (
        "import sys, numpy as np\n"
        "sys.modules['torch'] = sys.modules['onnx'] = None\n"
        "from offkey.learned.network import Network\n"
        "content = np.frombuffer(sys.stdin.buffer.read(), np.uint8)\n"
        "print(Network.from_state({'onnx': content}, list)(np.zeros((1, 12))).shape)\n"
        "from offkey.learned.network.torch_module import build\n"
        "build([])\n"
    )
    content = state["onnx"].tobytes()
    done = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, check=False)
    assert done.stdout == b"(1, 3)\n"
    sentence = "Training a network needs torch, which is not installed: pip install 'offkey[torch]' brings it."
    assert sentence in done.stderr.decode()


def test_training_does_not_begin_where_its_result_could_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from offkey.learned.network.torch_module import build

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"needs onnx, .* 'offkey\[torch\]'"):
        build([])
