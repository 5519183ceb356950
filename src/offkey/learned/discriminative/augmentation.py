"""Augmentation, which makes the training harder: mixed clips, masked spectrograms, exchanged embeddings."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["exchange_spectra", "mask_spectrograms", "mix_clips"]


def mix_clips(inputs: Sequence[Tensor], labels: Tensor, share: float) -> tuple[list[Tensor], Tensor]:
    """Mix a share of the clips in pairs (mixup; Zhang et al. 2018, eq. 1, with weights equally likely from 0 to 1)."""
    n, device = len(labels), labels.device
    partner = torch.randperm(n, device=device)
    weight = torch.where(torch.rand(n, device=device) < share, torch.rand(n, device=device), 1.0)
    return [_blended(values, values[partner], weight) for values in inputs], _blended(labels, labels[partner], weight)


def mask_spectrograms(spectrograms: Tensor, share: float) -> Tensor:
    """Set a band of frequencies and a span of time of each clip to zero, its mean (SpecAugment; Park et al. 2019).

    `spectrograms` has shape (n, n_rows, n_frames) and mean 0 over time. At most a `share` of each axis is masked, drawn
    for each clip.
    """
    for axis in (1, 2):
        n, length, device = len(spectrograms), spectrograms.shape[axis], spectrograms.device
        width = torch.rand(n, 1, device=device) * share * length
        start = torch.rand(n, 1, device=device) * (length - width)
        place = torch.arange(length, device=device)[None]
        hidden = (place >= start) & (place < start + width)
        spectrograms = spectrograms.masked_fill(hidden.unsqueeze(2 if axis == 1 else 1), 0.0)
    return spectrograms


def exchange_spectra(embeddings: Sequence[Tensor], labels: Tensor, share: float) -> tuple[list[Tensor], Tensor]:
    """Give a share of the clips the spectrum's embedding of another clip; there are then three times as many classes.

    FeatEx: K. Wilkinghoff, "Self-supervised learning for anomalous sound detection", ICASSP 2024 (arXiv 2309.13635),
    section "Feature exchange". A clip as it is has its label in the first third; one with foreign parts has half of the
    label of each of its two origins, in the second and the last third. The spectrum's embedding comes first in
    `embeddings`.
    """
    first, *others = embeddings
    n, device = len(labels), labels.device
    partner = torch.randperm(n, device=device)
    changed = (torch.rand(n, device=device) < share)[:, None]
    nothing = torch.zeros_like(labels)
    as_it_is = torch.cat([labels, nothing, nothing], 1)
    of_two = torch.cat([nothing, labels / 2, labels[partner] / 2], 1)
    return [torch.where(changed, first[partner], first), *others], torch.where(changed, of_two, as_it_is)


def _blended(first: Tensor, second: Tensor, weight: Tensor) -> Tensor:
    weight = weight.reshape(-1, *[1] * (first.ndim - 1)).to(first.dtype)
    return weight * first + (1 - weight) * second
