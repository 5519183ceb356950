"""PCA residual in C."""

from __future__ import annotations

from offkey.detectors.pca_residual import PCAResidual
from offkey.export.c.detectors.scoring import Scoring, axes_piece, moves_of
from offkey.export.c.pieces import Piece

__all__ = ["pca_residual"]


def pca_residual(detector: PCAResidual) -> Scoring:
    """Return the length of what the principal axes leave of the features."""
    piece = Piece.joined([axes_piece(detector.axes_), Piece(("dot", "axes", "pca_residual"))])
    return Scoring(piece, detector.mean_, moves_of(detector))
