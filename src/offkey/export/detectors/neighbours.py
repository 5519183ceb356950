"""Detectors that compare with the training clips most alike: graphs of their scores."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats
from offkey.detectors.knn import KNN
from offkey.detectors.local_density import LocalDensity
from offkey.detectors.lof import LEAST_REACH, LOF
from offkey.detectors.ocsvm import OneClassSVM
from offkey.detectors.spectral_angle import MAGNITUDE_DB, SpectralAngle
from offkey.export.detectors.arithmetic import number, row_norms, whole
from offkey.export.detectors.nearest import Remembered
from offkey.graph import Builder

__all__ = ["knn_nodes", "local_density_nodes", "lof_nodes", "ocsvm_nodes", "spectral_angle_nodes"]


def knn_nodes(b: Builder, detector: KNN, features: str) -> str:
    """Add the mean distance of `KNN` to the nearest clips."""
    rows, points = _centred(b, features, detector.clips_)
    away = Remembered(b, points).nearest(rows, detector.n_neighbors)
    return b("ReduceMean", away, axes=[0, 2], keepdims=0)


def local_density_nodes(b: Builder, detector: LocalDensity, features: str) -> str:
    """Add the least distance of `LocalDensity`, over the radius of each clip or less it."""
    rows, points = _centred(b, features, detector.clips_)
    counted = detector.counted()
    if detector.divides:
        return b("Squeeze", Remembered(b, points, counted[None]).nearest(rows, 1), whole(b, 0, 2))
    clips, radius = Remembered(b, points), number(b, counted)
    roughly = b("Sqrt", b("Max", clips.squares(rows), number(b, 0.0)))
    place = clips.least(b("Sub", roughly, radius), 1)
    away = b("Sub", clips.distances(rows, place), b("Gather", radius, place, axis=0))
    return b("Squeeze", away, whole(b, 0, 2))


def spectral_angle_nodes(b: Builder, detector: SpectralAngle, features: str) -> str:
    """Add one less the cosine of `SpectralAngle` to the clip most alike."""
    loudest = b("ReduceMax", features, axes=[1], keepdims=1)
    exponent = b("Div", b("Sub", features, loudest), number(b, MAGNITUDE_DB))
    magnitudes = b("Pow", number(b, 10.0), exponent)
    directions = b("Div", magnitudes, b("Unsqueeze", row_norms(b, magnitudes), whole(b, 1)))
    # by an operator whose weights keep their bits: in eight of them, nothing is left of one less a cosine
    cosines = b("Einsum", directions, number(b, detector.clips_), equation="bd,md->bm")
    highest = b("ReduceMax", cosines, axes=[1], keepdims=0)
    return b("Max", b("Sub", number(b, 1.0), highest), number(b, 0.0))


def lof_nodes(b: Builder, detector: LOF, features: str) -> str:
    """Add the factor of `LOF`: the density of the neighbours over the density about a clip."""
    rows, points = _centred(b, features, detector.clips_)
    clips = Remembered(b, points)
    places = clips.least(clips.squares(rows), min(detector.n_neighbors, len(detector.clips_) - 1))
    reach = b("Gather", number(b, detector.reach_), places, axis=0)
    reached = b("ReduceMean", b("Max", clips.distances(rows, places), reach), axes=[0, 2], keepdims=0)
    densities = b("Gather", number(b, detector.density_), places, axis=0)
    dense = b("ReduceMean", densities, axes=[0, 2], keepdims=0)
    return b("Mul", dense, b("Add", reached, number(b, LEAST_REACH)))


def ocsvm_nodes(b: Builder, detector: OneClassSVM, features: str) -> str:
    """Add the decision function of `OneClassSVM`, turned round."""
    rows, points = _centred(b, features, detector.vectors_)
    squares = b("Max", Remembered(b, points).squares(rows), number(b, 0.0))
    kernel = b("Exp", b("Mul", squares, number(b, -detector.width_)))
    weighed = b("Mul", kernel, number(b, detector.weights_))
    summed = b("ReduceSum", weighed, whole(b, 0, 2), keepdims=0)
    return b("Neg", b("Add", summed, number(b, detector.intercept_)))


def _centred(b: Builder, features: str, clips: Floats) -> tuple[str, Floats]:
    """Return features, shape (1, batch, d), and clips, (1, m, d), about the mean of the clips: no digits are lost."""
    centre = clips.mean(axis=0)
    return b("Unsqueeze", b("Sub", features, number(b, centre)), whole(b, 0)), np.asarray(clips - centre)[None]
