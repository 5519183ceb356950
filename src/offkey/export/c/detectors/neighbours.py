"""Distances to the clips learnt in C: nearest neighbours and local density."""

from __future__ import annotations

import numpy as np

from offkey.detectors.knn import KNN
from offkey.detectors.local_density import LocalDensity
from offkey.export.c.detectors.scoring import Scoring, moves_of
from offkey.export.c.pieces import Piece, Table

__all__ = ["knn", "local_density"]


def knn(detector: KNN) -> Scoring:
    """Return the mean distance to the nearest clips."""
    n = len(detector.clips_)
    numbers = {"N_CLIPS": n, "NEIGHBORS": min(detector.n_neighbors, n)}
    return _to_clips(detector, Piece(("square_apart", "knn"), numbers=numbers))


def local_density(detector: LocalDensity) -> Scoring:
    """Return the least distance to the clips, by the radius about each of them."""
    divides = detector.form in ("ratio", "varmin_log")
    alpha = float(vars(detector).get("alpha_", 1.0))
    radii = detector.radius_**alpha if divides else alpha * detector.radius_
    table = Table("radii", radii.astype(np.float32))
    flags = frozenset({"divides"} if divides else ())
    numbers = {"N_CLIPS": len(detector.clips_)}
    return _to_clips(detector, Piece(("square_apart", "local_density"), numbers=numbers, tables=(table,), flags=flags))


def _to_clips(detector: KNN | LocalDensity, piece: Piece) -> Scoring:
    centre = detector.clips_.mean(axis=0)
    clips = Table("clips", (detector.clips_ - centre).astype(np.float32))
    return Scoring(Piece.joined([Piece(tables=(clips,)), piece]), centre, moves_of(detector))
