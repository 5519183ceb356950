"""Networks as torch modules, to be trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from offkey.learned.network.layer_graph import layer_graph
from offkey.learned.network.layers import Layer
from offkey.learned.network.network import Network
from offkey.learned.torch_extra import torch

if TYPE_CHECKING:
    from torch import nn

__all__ = ["build", "to_network"]

_PURPOSE = "Training a network"


def build(layers: Sequence[Layer]) -> nn.Sequential:
    """Return layers as a torch module, initialised under torch's seed; `layer_graph` takes its weights."""
    torch(_PURPOSE)
    from offkey.learned.network.torch_layers import sequential  # imports torch, whose absence has been named now

    return sequential(layers)


def to_network(layers: Sequence[Layer], module: nn.Module, shape: Sequence[int]) -> Network:
    """Return a trained module, for inputs of `shape` behind the batch, as a network that needs no torch."""
    weights = {
        name: np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    return Network(layer_graph(layers, weights, shape))
