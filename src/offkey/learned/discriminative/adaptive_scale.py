"""The scale of cosine losses, found from the batches themselves."""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["adapted_scale", "first_scale"]

_LEAST = 4.0  # with very few classes the rules below would let no loss through


def first_scale(n_centres: int) -> float:
    """Return sqrt(2) log(C - 1) of C centres, at least 4 (Zhang et al., "AdaCos", CVPR 2019, fixed scale)."""
    return max(math.sqrt(2) * math.log(max(n_centres - 1, 1)), _LEAST)


def adapted_scale(scale: Tensor, cosines: Tensor, nearest: Tensor, labels: Tensor) -> Tensor:
    """Return the scale after a batch, at least 4 (Zhang et al. 2019, dynamic scale).

    The logarithm of the mean, over clips, of the sum of exp(s cos) over the centres of other classes, divided by the
    cosine of the median angle between clips and their own class, or of pi/4 if that is less.

    `cosines` has shape (n, n_classes, n_centres). `nearest`, of shape (n, n_classes), is the cosine of the angle
    between clip and class. The angles of mixed clips are mixed like their labels; every class without a share counts as
    another class.
    """
    with torch.no_grad():
        others = (scale * cosines).masked_fill(labels[:, :, None] > 0, -math.inf).flatten(1)
        log_mean = torch.logsumexp(others.flatten(), 0) - math.log(len(labels))
        angles = (labels * torch.acos(nearest.clamp(-1 + 1e-6, 1 - 1e-6))).sum(1)
        cosine = torch.cos(angles.median().clamp(max=math.pi / 4))
        return (log_mean / cosine).clamp(min=_LEAST)
