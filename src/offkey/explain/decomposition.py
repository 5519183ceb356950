"""Exact contributions of features, for the detectors whose score is a sum over them."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from offkey.detectors import Detector
from offkey.detectors.band_agreement import BandAgreement
from offkey.detectors.gmm import GMM
from offkey.detectors.knn import KNN
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.pca_residual import PCAResidual
from offkey.detectors.subband_density import SubBandDensity, SubBands
from offkey.explain.explanation import Contributions
from offkey.model import Model

__all__ = ["band_contributions", "decompose"]

Floats = NDArray[np.float64]


def band_contributions(model: Model, vector: NDArray[np.float32]) -> Contributions | None:
    """Return what each band contributes to the score of a clip, exactly.

    Parameters
    ----------
    model : Model
        A fitted model.
    vector : ndarray of float32, shape (n_features,)
        What its front end makes of the clip.

    Returns
    -------
    Contributions or None
        None where the detector's score is no sum over its features, or these are no adjoining bands.
    """
    parts = sorted(model.front_end.parts(model.rate), key=lambda part: part.low_hz or 0.0)
    bands = [part for part in parts if part.columns[0] < len(vector) - model.front_end.tail]
    edges = [edge for part in bands for edge in (part.low_hz, part.high_hz)]
    columns = sorted(column for part in parts for column in part.columns)
    if not bands or None in edges or columns != list(range(len(vector))):
        return None
    x = vector.astype(np.float64) if model.standardiser is None else model.standardiser(vector[None])[0]
    found = decompose(model.detector, x)
    if found is None:
        return None
    values, of = found
    inner = np.array(edges, float).reshape(-1, 2)
    shares = np.array([values[list(part.columns)].sum() for part in bands])
    for part in (part for part in parts if part not in bands):  # of a range of bands, which share it
        low, high = np.searchsorted(inner[:, 0], [part.low_hz or 0.0, part.high_hz or 0.0])
        low, high = min(low, len(shares) - 1), max(high, low + 1)
        shares[low:high] += values[list(part.columns)].sum() / len(shares[low:high])
    return Contributions(np.append(inner[:, 0], inner[-1, 1]), shares, True, of)


def decompose(detector: Detector, x: Floats) -> tuple[Floats, str] | None:
    """Return what each feature of a clip contributes to its score.

    Parameters
    ----------
    detector : Detector
        A fitted detector.
    x : ndarray of float, shape (n_features,)
        The features as the detector gets them.

    Returns
    -------
    (ndarray of float, shape (n_features,), str) or None
        The contributions, and of what they are the sum; None for a detector whose score is no such sum.
    """
    moves = getattr(detector, "moves_", None)
    if moves is not None:  # the domain in which the clip scores lowest, as `Detector.score` has it
        scores = [float(detector._score((x - move)[None])[0]) for move in moves]
        x = x - moves[int(np.argmin(scores))]
    return _parts(detector, x)


@singledispatch
def _parts(detector: Detector, x: Floats) -> tuple[Floats, str] | None:
    return None


@_parts.register
def _mahalanobis(detector: Mahalanobis, x: Floats) -> tuple[Floats, str]:
    centred = x - detector.mean_
    along = detector.axes_ @ centred
    beside = centred - along @ detector.axes_
    inverse = (along / detector.spread_**2) @ detector.axes_ + beside / detector.spread_beside_**2
    return centred * inverse, "the squared Mahalanobis distance"


@_parts.register
def _pca_residual(detector: PCAResidual, x: Floats) -> tuple[Floats, str]:
    centred = x - detector.mean_
    residual = centred - (detector.axes_ @ centred) @ detector.axes_
    return residual**2, "the squared residual"


@_parts.register
def _gmm(detector: GMM, x: Floats) -> tuple[Floats, str]:
    return detector._shares(x), "the squared distance to the likeliest component"


@_parts.register
def _knn(detector: KNN, x: Floats) -> tuple[Floats, str] | None:
    if min(detector.n_neighbors, len(detector.clips_)) > 1:
        return None
    squares = (detector.clips_ - x) ** 2
    return squares[int(np.argmin(squares.sum(axis=1)))], "the squared distance to the nearest clip"


@_parts.register
def _band_agreement(detector: BandAgreement, x: Floats) -> tuple[Floats, str]:
    columns = detector._columns(len(x))
    parts = np.empty(len(x))
    for place, of_group, root in zip(columns, range(len(columns)), detector.roots_, strict=True):
        away = np.sqrt(((detector.clips_[:, place] - x[place]) ** 2).sum(axis=1))
        standard = ((away / root).min() - detector.centre_[of_group]) / detector.spread_[of_group]
        parts[place] = standard / (len(columns) * (place.stop - place.start))
    return parts, "the score"


@_parts.register
def _subband_density(detector: SubBandDensity, x: Floats) -> tuple[Floats, str]:
    scores = SubBands([detector]).of_groups(detector._view(x[None])[None])[:, 0]
    counted = max(1, round(detector.share * len(scores)))
    columns, parts = detector._columns(), np.zeros(len(x))
    for number in np.argsort(scores)[-counted:]:
        place = columns[number]
        parts[place] = scores[number] / (counted * (place.stop - place.start))
    return parts, "the score"
