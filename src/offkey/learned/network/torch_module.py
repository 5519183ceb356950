"""Networks as torch modules, to be trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from offkey.learned.network.layers import Layer
from offkey.learned.network.network import Network
from offkey.learned.torch_extra import torch

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build", "load", "to_network"]

_PURPOSE = "Training a network"


def build(layers: Sequence[Layer]) -> nn.Sequential:
    """Return layers as a torch module, initialised under torch's seed, with weights named as in `Network.arrays`."""
    torch(_PURPOSE)
    from offkey.learned.network.torch_layers import sequential  # imports torch, whose absence has been named now

    return sequential(layers)


def to_network(layers: Sequence[Layer], module: nn.Module) -> Network:
    """Return a trained module as a network that needs no torch."""
    weights = {
        name: np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    return Network(list(layers), weights)


def load(network: Network) -> nn.Sequential:
    """Return a network as a torch module with its weights, in evaluation mode."""
    library = torch(_PURPOSE)
    module = build(network.layers)
    weights = {name: library.from_numpy(np.array(array)) for name, array in network.arrays.items()}
    module.load_state_dict(weights, strict=False)  # only num_batches_tracked is not kept
    return module.eval()
