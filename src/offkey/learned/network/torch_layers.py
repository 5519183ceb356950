"""The layers as torch modules; this file alone imports torch at its top, and is itself imported only to train."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from offkey.learned.network.layers import Layer

__all__ = ["sequential"]


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation over the first axis behind the batch, however many follow."""

    def _check_input_dim(self, input: torch.Tensor) -> None:  # noqa: A002 - torch's name
        """Accept any number of axes."""


class Residual(nn.Module):
    """The sum of two paths."""

    def __init__(self, body: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the sum; an empty path passes its input on."""
        total: torch.Tensor = self.body(x) + self.shortcut(x)
        return total


class GlobalMean(nn.Module):
    """Mean over all axes but the first two."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return shape (n, channels)."""
        return x.flatten(2).mean(2)


def sequential(layers: Sequence[Layer]) -> nn.Sequential:
    """Return layers as a module, with weights named as `offkey.learned.network.layer_graph` takes them."""
    return nn.Sequential(*(_module(layer) for layer in layers))


def _module(layer: Layer) -> nn.Module:
    match layer["kind"]:
        case "dense":
            return nn.Linear(layer["inputs"], layer["outputs"], bias=layer["bias"])
        case "batch_norm":
            return BatchNorm(layer["features"])
        case "conv2d":
            kernel, stride, padding = _pair(layer["kernel"]), _pair(layer["stride"]), _pair(layer["padding"])
            return nn.Conv2d(layer["inputs"], layer["outputs"], kernel, stride, padding, bias=layer["bias"])
        case "max_pool2d":
            return nn.MaxPool2d(_pair(layer["kernel"]), _pair(layer["stride"]), _pair(layer["padding"]))
        case "upsample2d":
            return nn.Upsample(scale_factor=_pair(layer["scale"]), mode="nearest")
        case "residual":
            return Residual(sequential(layer["body"]), sequential(layer["shortcut"]))
        case "reshape":
            return nn.Unflatten(1, tuple(layer["shape"]))
        case "dropout":
            return nn.Dropout(layer["share"])
        case kind:
            return _PLAIN[kind]()


_PLAIN: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "flatten": nn.Flatten,
    "global_mean": GlobalMean,
}


def _pair(values: Sequence[int]) -> tuple[int, int]:
    first, second = values
    return first, second
