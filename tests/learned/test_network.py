from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from offkey.learned.network import Network
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
        return to_network(layers, module), x, module(torch.from_numpy(x)).numpy()


@pytest.mark.parametrize("name", NETWORKS)
def test_numpy_computes_what_torch_computes(name: str) -> None:
    network, x, expected = _trained(*NETWORKS[name])
    np.testing.assert_allclose(network(x), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(network(x, batch=2), expected, rtol=1e-5, atol=1e-5)
    assert network(x).dtype == np.float32
    assert network(x[:0]).shape == (0, *expected.shape[1:])


@pytest.mark.parametrize("name", NETWORKS)
def test_a_state_is_json_and_arrays_and_gives_the_network_again(name: str) -> None:
    from offkey.learned.network.torch_module import load

    network, x, expected = _trained(*NETWORKS[name])
    state = network.state()
    again = Network.from_state({"layers": json.loads(json.dumps(state["layers"])), "arrays": state["arrays"]})
    np.testing.assert_array_equal(again(x), network(x))
    with torch.no_grad():
        np.testing.assert_allclose(load(again)(torch.from_numpy(x)).numpy(), expected, rtol=1e-5, atol=1e-5)


def test_running_a_network_imports_no_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "sys.modules['torch'] = None\n"
        "from offkey.learned.network import Network\n"
        "from offkey.learned.network.layers import dense\n"
        "print(Network([dense(2, 1, bias=False)], {'0.weight': np.ones((1, 2), np.float32)})([[1, 2]]))\n"
        "from offkey.learned.network.torch_module import build\n"
        "build([])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[[3.]]\n"
    assert (
        "Training a network needs torch, which is not installed: pip install 'offkey[torch]' brings it." in done.stderr
    )
