"""The scoring of features in C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.detectors import Detector
from offkey.export.c.pieces import Member, Piece, Table
from offkey.features.normalisation import Standardiser

__all__ = ["Scoring", "axes_piece", "moves_of", "units_piece"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scoring:
    """The scoring of features by a detector.

    `piece`: defines ``distance``, which scores the features ``z``.
    `centre`: shape (n_features,); what these features are less, in the detector's own units.
    `moves`: shape (n_moves, n_features); how far the features of each domain are moved, see `Detector.moves_`.
    `unit`: what the features are divided by besides the standardiser's scale; one number, or shape (n_features,).
    """

    piece: Piece
    centre: Floats
    moves: Floats
    unit: float | NDArray[np.floating[Any]] = 1.0

    def centre_of(self, standardiser: Standardiser | None) -> Floats:
        """Return what features of a front end are less before anything else, shape (n_features,)."""
        first: Floats = self.centre + self.moves[0]
        if standardiser is not None:
            first = standardiser.mean + standardiser.scale * first
        return first


def units_piece(scoring: Scoring, standardiser: Standardiser | None) -> Piece:
    """Return what brings features less the centre into the detector's units, and takes the domain of least score."""
    n = len(scoring.centre)
    scale = np.ones(n) if standardiser is None else standardiser.scale
    units = 1 / (scale * scoring.unit)
    state = [
        Member("features", "float", "of the newest window, less what is usual", ("OFFKEY_FEATURES",), n),
        Member("z", "float", "the same in units of their spread", ("OFFKEY_FEATURES",), n),
    ]
    tables = [] if (units == units[0]).all() else [Table("units", units.astype(np.float32))]
    numbers = {"UNIT(i)": "units[i]" if tables else f"{np.float32(units[0])!s}f"}
    if len(scoring.moves) == 1:
        return Piece(("score",), {"FEATURES": n}, numbers, tuple(tables), tuple(state))
    moves = (scoring.moves - scoring.moves[0]) * scale
    tables.append(Table("moves", moves.astype(np.float32)))
    return Piece(("score_of_moves",), {"FEATURES": n, "MOVES": len(moves)}, numbers, tuple(tables), tuple(state))


def axes_piece(axes: Floats) -> Piece:
    """Return orthonormal axes, shape (n_axes, n_features), and room for what lies along them."""
    along = Member("along", "float", "what lies along the axes", ("OFFKEY_AXES",), len(axes))
    return Piece(sizes={"AXES": len(axes)}, tables=(Table("axes", axes.astype(np.float32)),), state=(along,))


def moves_of(detector: Detector) -> Floats:
    """Return how far the features of each domain are moved, shape (n_moves, n_features); 0 where there is one."""
    moves: Floats = vars(detector).get("moves_", np.zeros((1, detector.n_features_)))
    return moves
