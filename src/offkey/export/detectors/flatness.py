"""Mahalanobis distances to neighbours, from small systems of linear equations that are solved without a solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.export.detectors.arithmetic import number, sums, whole
from offkey.export.detectors.nearest import Remembered
from offkey.graph import Builder

__all__ = ["System", "flat_distances", "neighbour_system"]


@dataclass(frozen=True)
class System:
    """Systems of equations that distances of clips to their neighbours follow from, as tensors.

    With C the neighbours and a a clip, both less the neighbours' mean, the squared distance is
    ``(a'a - (Ca)' (CC' + k r I)^-1 (Ca)) / r`` by Woodbury's identity.
    """

    products: str  # shape (batch, k + 1, k + 1); the matrix of CC' + k r I, Ca and a'a
    ridge: str  # shape (batch,); r
    usual: str  # shape (batch,); the distance that the neighbours have themselves
    k: int
    moves: int  # rows of each clip: systems of as many can be solved together


def neighbour_system(b: Builder, detector: LocalMahalanobis, clips: Remembered, rows: str, squares: str) -> System:
    """Return the system of each row.

    `clips`: in the view of the detector, in any groups of features.
    `rows`: shape (n_groups, batch, width).
    `squares`: shape (batch, m); squared distances, over all groups.
    """
    k, d = min(detector.n_neighbors, len(detector.clips_) - 1), detector.n_features_
    places = clips.least(squares, k)
    neighbours = b("Gather", clips.points, places, axis=1)
    mean = b("ReduceMean", neighbours, axes=[2], keepdims=1)
    centred = b("Sub", neighbours, mean)
    every = b("Concat", centred, b("Sub", b("Unsqueeze", rows, whole(b, 2)), mean), axis=2)
    inner = b("MatMul", every, b("Transpose", every, perm=[0, 1, 3, 2]))
    variance = b("ReduceSumSquare", centred, axes=[0, 2, 3], keepdims=0)
    ridge = b("Mul", variance, number(b, detector.shrinkage / (k * d)))
    ridge = b("Max", ridge, number(b, detector.least_variance_))
    diagonal = number(b, k * np.diag([*[1.0] * k, 0.0]))
    added = b("Mul", b("Unsqueeze", ridge, whole(b, 1, 2)), diagonal)
    usual = b("ReduceMean", b("Gather", number(b, detector.usual_), places, axis=0), axes=[1], keepdims=0)
    return System(b("Add", sums(b, inner, 0), added), ridge, usual, k, len(getattr(detector, "moves_", [0])))


def flat_distances(b: Builder, systems: Sequence[System]) -> list[str]:
    """Return the distance of each system's rows, shape (batch,), relative to the usual one; alike ones in one go."""
    alike: dict[tuple[int, int], list[int]] = {}
    for place, system in enumerate(systems):
        alike.setdefault((system.k, system.moves), []).append(place)
    found = [""] * len(systems)
    for (k, _), places in alike.items():
        some = [systems[place] for place in places]
        square = _beyond(b, _stacked(b, [system.products for system in some]), k)
        ridge, usual = (_stacked(b, [system.ridge for system in some]), _stacked(b, [system.usual for system in some]))
        distances = b("Div", b("Sqrt", b("Div", b("Max", square, number(b, 0.0)), ridge)), usual)
        for row, place in enumerate(places):
            found[place] = b("Gather", distances, b.weight(np.array(row, np.int64)), axis=0)
    return found


def _stacked(b: Builder, tensors: Sequence[str]) -> str:
    return b("Concat", *(b("Unsqueeze", tensor, whole(b, 0)) for tensor in tensors), axis=0)


def _beyond(b: Builder, products: str, k: int) -> str:
    """Return what is left of the last entry of matrices, shape (..., k + 1, k + 1), once `k` unknowns are eliminated.

    Gauss's elimination needs no other pivot where the matrix of the unknowns is symmetric and positive definite
    (N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd ed., 2002, section 10.1).
    """
    for size in range(k, 0, -1):
        cut = whole(b, 1, size)
        top, rest = b("Split", products, cut, axis=-2, outputs=2)
        pivot, row = b("Split", top, cut, axis=-1, outputs=2)
        column, block = b("Split", rest, cut, axis=-1, outputs=2)
        products = b("Sub", block, b("Mul", column, b("Div", row, pivot)))
    return b("Squeeze", products, whole(b, -2, -1))
