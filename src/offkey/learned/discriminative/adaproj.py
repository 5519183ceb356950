"""AdaProj: each class is near to a subspace."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from offkey.learned.discriminative.adaptive_scale import adapted_scale, first_scale

__all__ = ["AdaProj"]


class AdaProj(nn.Module):
    """Cross-entropy of a softmax over scaled cosines between embeddings and their projections onto class subspaces.

    K. Wilkinghoff, "AdaProj: adaptively scaled angular margin subspace projections for anomalous sound detection with
    auxiliary classification tasks", DCASE 2024 (arXiv 2403.14179), section 3: the similarity of a clip to a class is
    the cosine between the embedding and its projection onto the span of the class's centres. The centres of a class are
    drawn orthonormal, and made so again before they are used, so that the sum of the projections onto each is the
    projection onto their span. The scale is that of AdaCos; see `adapted_scale`. If not `trainable`, the subspaces stay
    where they were drawn.
    """

    scale: Tensor

    def __init__(self, n_dims: int, n_classes: int, subspace: int, *, trainable: bool) -> None:
        super().__init__()
        drawn = torch.linalg.qr(torch.randn(n_classes, n_dims, subspace)).Q.mT.contiguous()
        self.centres = nn.Parameter(drawn, requires_grad=trainable)
        self.register_buffer("scale", torch.tensor(first_scale(n_classes)))

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        """Return the mean loss of a batch: embeddings (n, n_dims), labels (n, n_classes) with rows that sum to 1."""
        unit = torch.nn.functional.normalize(embeddings.float(), dim=1)
        basis = torch.linalg.qr(self.centres.mT).Q if self.centres.requires_grad else self.centres.mT
        # the cosine between a unit vector and its projection is the length of the projection
        cosines = torch.linalg.vector_norm(torch.einsum("nd,kdc->nkc", unit, basis), dim=2)
        if self.training:
            self.scale.copy_(adapted_scale(self.scale, cosines[:, :, None], cosines, labels))
        log_shares = torch.log_softmax(self.scale * cosines, 1)
        return -(labels * log_shares).sum(1).mean()
