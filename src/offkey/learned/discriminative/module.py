"""Branches and loss as one torch module, as it is trained."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from offkey.learned.discriminative.adacos import SubClusterAdaCos
from offkey.learned.discriminative.adaproj import AdaProj
from offkey.learned.discriminative.augmentation import exchange_spectra, mask_spectrograms, mix_clips
from offkey.learned.discriminative.settings import Settings
from offkey.learned.network.layers import Layer
from offkey.learned.network.torch_module import build

__all__ = ["Discriminator", "batch_loss"]


class Discriminator(nn.Module):
    """All branches, each with its layers, and the loss over their joined embeddings."""

    def __init__(self, layers: Sequence[list[Layer]], n_classes: int, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.branches = nn.ModuleList(build(branch) for branch in layers)
        n_dims = settings.n_dims * len(layers)
        told_apart = 3 * n_classes if settings.exchange else n_classes
        self.head: nn.Module
        if settings.loss == "adacos":
            self.head = SubClusterAdaCos(n_dims, told_apart, settings.sub_clusters, trainable=settings.trainable)
        else:
            self.head = AdaProj(n_dims, told_apart, settings.subspace, trainable=settings.trainable)

    def forward(self, inputs: Sequence[Tensor], labels: Tensor) -> Tensor:
        """Return the mean loss of a batch, augmented while training; `labels` has shape (n, n_classes)."""
        settings = self.settings
        inputs = [values.float() for values in inputs]
        if self.training and settings.mixup:
            inputs, labels = mix_clips(inputs, labels, settings.mixup)
        if self.training and settings.mask:
            inputs = [inputs[0], *(mask_spectrograms(values, settings.mask) for values in inputs[1:])]
        embeddings = [branch(values) for branch, values in zip(self.branches, inputs, strict=True)]
        if settings.exchange:
            embeddings, labels = exchange_spectra(embeddings, labels, settings.exchange if self.training else 0.0)
        loss: Tensor = self.head(torch.cat(embeddings, 1), labels)
        return loss


def batch_loss(module: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the loss of a batch: its inputs, then the shares of the classes."""
    *inputs, labels = batch
    loss: Tensor = module(inputs, labels)
    return loss
