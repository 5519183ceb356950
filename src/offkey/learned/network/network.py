"""A trained network as it stands in a model file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.learned.network.forward import forward
from offkey.learned.network.layers import Layer

__all__ = ["Network"]

_MOST_AT_ONCE = 2**24  # values of inputs


@dataclass(frozen=True)
class Network:
    """Layers and their weights, run by numpy; weights have torch's names, such as ``"3.body.1.running_mean"``."""

    layers: Sequence[Layer]
    arrays: Mapping[str, NDArray[np.float32]]

    def __call__(self, x: ArrayLike, *, batch: int = 64) -> NDArray[np.float32]:
        """Return what torch computes in evaluation mode, to rounding; `batch` inputs at a time bound the memory."""
        inputs = np.asarray(x, dtype=np.float32)
        if not len(inputs):  # one of zeros tells the shape
            return self(np.zeros((1, *inputs.shape[1:]), np.float32))[:0]
        batch = max(1, min(batch, _MOST_AT_ONCE // max(1, inputs[0].size)))
        parts = [forward(self.layers, self.arrays, inputs[at : at + batch]) for at in range(0, len(inputs), batch)]
        return np.concatenate(parts)

    def state(self) -> dict[str, Any]:
        """Return layers and arrays as a plain dict."""
        return {"layers": list(self.layers), "arrays": dict(self.arrays)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Network:
        """Return the network that `state` describes."""
        return cls(state["layers"], state["arrays"])
