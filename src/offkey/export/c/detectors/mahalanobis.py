"""Mahalanobis distance in C: by a triangle, or by axes where these are less."""

from __future__ import annotations

import numpy as np

from offkey.detectors.mahalanobis import Mahalanobis
from offkey.export.c.detectors.scoring import Scoring, axes_piece, moves_of
from offkey.export.c.pieces import Piece, Table

__all__ = ["mahalanobis"]


def mahalanobis(detector: Mahalanobis) -> Scoring:
    """Return the Mahalanobis distance as the length of ``L' z``, with ``L L'`` the inverse covariance."""
    n, d = detector.axes_.shape
    beside, variance = 1 / detector.spread_beside_**2, 1 / detector.spread_**2
    if n + 1 < (d + 1) / 2:
        numbers = {"PER_BESIDE": float(beside)}
        tables = (Table("per_variance", variance.astype(np.float32)),)
        along = Piece(("dot", "axes", "mahalanobis_axes"), numbers=numbers, tables=tables)
        return Scoring(Piece.joined([axes_piece(detector.axes_), along]), detector.mean_, moves_of(detector))
    precision = detector.axes_.T @ ((variance - beside)[:, None] * detector.axes_)
    precision[np.diag_indices(d)] += beside
    factor = np.linalg.cholesky(precision)
    rows = np.concatenate([factor[j:, j] for j in range(d)])
    piece = Piece(("mahalanobis",), tables=(Table("whitener", rows.astype(np.float32)),))
    return Scoring(piece, detector.mean_, moves_of(detector))
