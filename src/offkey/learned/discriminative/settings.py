"""The settings of the networks and of their training."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The parameters of the front end that the networks depend on; see `Discriminative`."""

    width: int
    n_dims: int
    loss: str
    sub_clusters: int
    subspace: int
    trainable: bool
    mixup: float
    mask: float
    exchange: float
    most_clusters: int
    epochs: int
    batch_size: int
    learning_rate: float
    seed: int
