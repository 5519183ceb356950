"""Robust distance: how far a clip is from most training clips, whatever a few of them are."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers
from offkey.detectors.base import Contributions, Detector, Floats

__all__ = ["RESIDUAL", "Robust"]

_TINY = 1e-9
_CLIPS_AN_AXIS = 4  # clips of which each principal axis needs so many, for a covariance of most of them
_SUPPORT = 0.75  # share of the clips whose covariance has the least determinant
RESIDUAL = 3.0  # how much the residual counts, beside the mean square along an axis


class Robust(Detector):
    """Distance from most of the training clips, hardly affected by a few faulty ones among them.

    Each column is centred by its median and divided by its median absolute deviation. The principal axes are those of
    the clips scaled to unit vectors, so that distant clips do not count more (N. Locantore et al., "Robust principal
    component analysis for functional data", Test 8, 1999). Along them the covariance is that with the least determinant
    of three quarters of the clips (P. Rousseeuw & K. Van Driessen, "A fast algorithm for the minimum covariance
    determinant estimator", Technometrics 41, 1999); the residual, outside the axes, is divided by its median. Both form
    the score, as in M. Hubert, P. Rousseeuw & K. Vanden Branden, "ROBPCA: a new approach to robust principal component
    analysis", Technometrics 47, 2005: ``sqrt(distance² / k + 3 residual² / median residual²)``, with k axes.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns to use, from the first; None for all. For features in blocks of bands `offkey.fit` sets it to
        the length of a block, the mean over time, whose spread far fewer clips suffice to learn.
    n_components : int, default 10
        Number of principal axes; fewer if there are fewer than four clips for each.
    seed : int, default 0
        Seed of the subsets that the search for the least determinant starts from.
    """

    name = "robust"
    learns_with = ("sklearn", "sklearn")
    assumes = "most normal clips scatter about one middle; a few training clips may be faulty"
    cost = "fit: n d min(n, d); score: d an axis (fitting needs the extra `sklearn`)"
    learnt: ClassVar = {
        "middle_": Numbers("counted"),
        "unit_": Numbers("counted", positive=True),
        "axes_": Numbers("axes counted"),
        "centre_": Numbers("axes"),
        "precision_": Numbers("axes axes"),
        "residual_": Number(positive=True),
    }
    rules: ClassVar = {
        "bands": Interval(int, 1, or_none=True),
        "n_components": Interval(int, 1, 100),
        "seed": Interval(int, 0),
    }
    min_clips = 3
    most_folds = 20  # the search takes some hundredths of a second

    def __init__(self, *, bands: int | None = None, n_components: int = 10, seed: int = 0) -> None:
        self.bands = bands
        self.n_components = n_components
        self.seed = seed

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        seen = X[:, : self.bands]
        self.middle_ = np.median(seen, axis=0)
        self.unit_ = _units(seen - self.middle_)
        standard = (seen - self.middle_) / self.unit_
        self.axes_ = _spherical_axes(standard, min(self.n_components, max(1, len(X) // _CLIPS_AN_AXIS)))
        along = standard @ self.axes_.T
        self.centre_, self.precision_ = _of_most(along, self.seed)
        beside = np.linalg.norm(standard - along @ self.axes_, axis=1)
        self.residual_ = max(float(np.median(beside)), _TINY * max(1.0, float(beside.max())))

    def _score(self, X: Floats) -> Floats:
        standard = (X[:, : self.bands] - self.middle_) / self.unit_
        along = standard @ self.axes_.T
        beside = standard - along @ self.axes_
        away = along - self.centre_
        square = np.einsum("nk,kl,nl->n", away, self.precision_, away) / len(self.axes_)
        score: Floats = np.sqrt(np.maximum(square, 0) + RESIDUAL * (beside**2).sum(axis=1) / self.residual_**2)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the sum of squares under the root, about the point that is the middle along the axes."""
        standard = (x[: self.bands] - self.middle_) / self.unit_
        along = self.axes_ @ standard
        beside = standard - along @ self.axes_
        away = standard - self.centre_ @ self.axes_
        inside = away * ((self.precision_ @ (self.axes_ @ away)) @ self.axes_) / len(self.axes_)
        products = inside + RESIDUAL * beside**2 / self.residual_**2
        values = np.zeros(len(x))
        values[: self.bands] = products / (np.sqrt(max(products.sum(), 0.0)) or 1.0)
        return Contributions(values)


def _units(centred: Floats) -> Floats:
    """Return the spread of each column by its median absolute deviation; by all where most are alike."""
    spread, robust = centred.std(axis=0), 1.4826 * np.median(np.abs(centred), axis=0)
    unit = np.where(robust > _TINY * np.maximum(spread, 1), robust, spread)
    return np.where(unit > _TINY, unit, 1.0)


def _spherical_axes(standard: Floats, n_axes: int) -> Floats:
    """Return the leading principal axes of rows as unit vectors; at least one."""
    lengths = np.linalg.norm(standard, axis=1, keepdims=True)
    _, spread, axes = np.linalg.svd(standard / np.maximum(lengths, _TINY), full_matrices=False)
    known = int((spread > 1e-6 * max(float(spread[0]), _TINY)).sum())
    return np.ascontiguousarray(axes[: max(1, min(n_axes, known))])


def _of_most(along: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return the middle and the inverse covariance of most rows, shape (n_axes,) and (n_axes, n_axes)."""
    from sklearn.covariance import MinCovDet

    covariance, centre = np.zeros((along.shape[1],) * 2), np.median(along, axis=0)
    if not (np.ptp(along, axis=0) == 0).all() and (along != centre).any(axis=1).mean() > 1 - _SUPPORT:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of rows that lie in a plane: what is added below lets it be inverted
            found = MinCovDet(support_fraction=_SUPPORT, random_state=seed).fit(along)
        covariance, centre = found.covariance_, found.location_
    least = 1e-6 * max(float(np.trace(covariance)) / len(covariance), float(along.var()), _TINY)
    precision = np.linalg.inv(covariance + least * np.eye(len(covariance)))
    return centre, precision.astype(np.float64, copy=False)
