"""Mahalanobis distance in C: by a triangle, or by axes where these are less."""

from __future__ import annotations

import numpy as np

from offkey.detectors.mahalanobis import Mahalanobis
from offkey.export.c.detectors.scoring import Scoring
from offkey.export.c.pieces import Piece, Table

__all__ = ["mahalanobis"]


def mahalanobis(detector: Mahalanobis) -> Scoring:
    """Return the Mahalanobis distance as the length of ``L' z``, with ``L L'`` the inverse covariance."""
    d = detector.n_features_
    beside = 1 / detector.spread_beside_**2
    precision = detector.axes_.T @ ((1 / detector.spread_**2 - beside)[:, None] * detector.axes_)
    precision[np.diag_indices(d)] += beside
    factor = np.linalg.cholesky(precision)
    rows = np.concatenate([factor[j:, j] for j in range(d)])
    piece = Piece(("mahalanobis",), tables=(Table("whitener", rows.astype(np.float32)),))
    moves = getattr(detector, "moves_", np.zeros((1, d)))
    return Scoring(piece, detector.mean_, moves)
