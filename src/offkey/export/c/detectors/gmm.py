"""Gaussian mixture in C."""

from __future__ import annotations

import numpy as np

from offkey.detectors.gmm import GMM
from offkey.export.c.detectors.scoring import Scoring, axes_piece, moves_of
from offkey.export.c.pieces import Piece, Table

__all__ = ["gmm"]


def gmm(detector: GMM) -> Scoring:
    """Return the negative log-likelihood, by triangular factors of the inverse covariances."""
    axes, roots = detector.axes_, detector.whiteners_
    is_full, is_mixed = roots.ndim == 3, detector.joined != "component"
    m = detector.means_.shape[1]
    diagonals = np.einsum("kii->ki", roots) if is_full else roots
    constants = np.log(diagonals).sum(axis=1) - detector.n_features_ * (
        0.5 * np.log(2 * np.pi) + np.log(detector.scale_)
    )
    if axes is not None:
        constants -= 0.5 * (detector.n_features_ - m) * np.log(detector.reg)
    if is_mixed:
        constants += detector.log_weights_
    factors = np.array([np.concatenate([root[: j + 1, j] for j in range(m)]) for root in roots]) if is_full else roots
    flags = {name for name, there in (("axes", axes is not None), ("full", is_full), ("mixed", is_mixed)) if there}
    piece = Piece(
        (("dot", "axes") if axes is not None else ()) + (("exponential",) if is_mixed else ()) + ("gmm",),
        numbers={"COMPONENTS": len(roots), "DIRECTIONS": m, "PER_REG": float(1 / detector.reg)},
        tables=(
            Table("means", detector.means_.astype(np.float32)),
            Table("constants", constants.astype(np.float32)),
            Table("whiteners", factors.astype(np.float32)),
        ),
        flags=frozenset(flags),
    )
    pieces = [piece] if axes is None else [axes_piece(axes), piece]
    return Scoring(Piece.joined(pieces), detector.centre_, moves_of(detector), detector.scale_)
