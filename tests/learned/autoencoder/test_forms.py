from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from offkey.learned.autoencoder.forms import FORMS, autoencoder_layers
from offkey.learned.network.torch_module import build, to_network


@pytest.mark.parametrize(
    ("form", "shape", "widths"),
    [
        ("dense", (5, 16), (12, 10)),
        ("dense", (1, 1), (4,)),
        ("convolutional", (8, 16), (4, 6)),
        ("convolutional", (5, 12), (4, 6, 8)),  # odd lengths are not halved
        ("convolutional", (1, 7), (3,)),
    ],
)
def test_a_reconstruction_has_the_shape_of_its_input_by_torch_and_numpy(form, shape, widths) -> None:
    import torch

    layers = autoencoder_layers(form, shape, widths, 3)
    module = build(layers).eval()
    x = np.random.default_rng(0).normal(size=(7, shape[0] * shape[1])).astype(np.float32)
    ours = to_network(layers, module, x.shape[1:])(x)
    assert ours.shape == x.shape
    np.testing.assert_allclose(ours, module(torch.from_numpy(x)).detach().numpy(), atol=1e-5)


def test_the_default_is_the_baseline_of_the_challenge() -> None:
    layers = autoencoder_layers("dense", (5, 128), FORMS["dense"], 8)
    sizes = [(layer["inputs"], layer["outputs"]) for layer in layers if layer["kind"] == "dense"]
    widths = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640]
    assert sizes == list(pairwise(widths))
    assert [layer["kind"] for layer in layers[:3]] == ["dense", "batch_norm", "relu"]
    assert layers[-1]["kind"] == "dense"


def test_the_bottleneck_is_the_narrowest_place_of_both_forms() -> None:
    for form in FORMS:
        layers = autoencoder_layers(form, (8, 16), FORMS[form], 2)
        assert min(layer["outputs"] for layer in layers if "outputs" in layer and layer["outputs"] > 1) == 2
