"""Sub-cluster AdaCos: each class is near to one of several centres."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from offkey.learned.discriminative.adaptive_scale import adapted_scale, first_scale

__all__ = ["SubClusterAdaCos"]


class SubClusterAdaCos(nn.Module):
    """Cross-entropy of a softmax over scaled cosines, summed over the centres of each class.

    K. Wilkinghoff, "Sub-cluster AdaCos: learning representations for anomalous sound detection", IJCNN 2021:
    the probability of class k is the sum over its centres c of exp(s cos(x, c)) divided by the sum over all
    centres of all classes. The scale s adapts itself; see `adapted_scale`, where the angle between a clip and a class
    is that to its nearest centre. If not `trainable`, the centres stay where they were drawn.
    """

    scale: Tensor

    def __init__(self, n_dims: int, n_classes: int, n_centres: int, *, trainable: bool) -> None:
        super().__init__()
        drawn = torch.nn.functional.normalize(torch.randn(n_classes, n_centres, n_dims), dim=2)
        self.centres = nn.Parameter(drawn, requires_grad=trainable)
        self.register_buffer("scale", torch.tensor(first_scale(n_classes * n_centres)))

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss of a batch: embeddings (n, n_dims), labels (n, n_classes) with rows that sum to 1."""
        unit = torch.nn.functional.normalize(embeddings.float(), dim=1)
        centres = torch.nn.functional.normalize(self.centres, dim=2)
        cosines = torch.einsum("nd,kcd->nkc", unit, centres)
        if self.training:
            self.scale.copy_(adapted_scale(self.scale, cosines, cosines.amax(2), labels))
        log_sums = torch.logsumexp(self.scale * cosines, 2)
        log_shares = log_sums - torch.logsumexp(log_sums, 1, keepdim=True)
        return -(labels * log_shares).sum(1).mean()
