"""Views of clips in which distances are taken: standardised features, and whitened ones."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

import numpy as np

from offkey.components import Numbers
from offkey.detectors.base import Detector, Floats

__all__ = ["Standardised", "Whitened", "covariance_axes", "principal_axes"]

_LEAST_SPREAD = 0.1
"""Least spread of a feature as a share of the features' RMS spread: one that hardly varies must not decide alone."""


class Standardised(Detector, ABC):
    """Base of detectors that see each feature minus its mean and divided by its standard deviation.

    What they find then depends neither on the unit of the features nor on a common offset, and a band
    that varies little counts as much as one that varies much.

    Attributes
    ----------
    mean_, spread_ : ndarray of float, shape (n_features,)
        Mean of the training clips, and their standard deviation, or a tenth of its RMS where that is more.
    """

    learnt: ClassVar = {"mean_": Numbers("features"), "spread_": Numbers("features", positive=True)}
    mean_: Floats
    spread_: Floats

    def _learn_view(self, X: Floats) -> Floats:
        """Learn the view from training clips, and return them in it."""
        self.mean_ = X.mean(axis=0)
        spread = X.std(axis=0)
        usual = float(np.sqrt((spread**2).mean()))
        self.spread_ = np.maximum(spread, _LEAST_SPREAD * usual) if usual > 0 else np.ones_like(spread)
        return self._standardised(X)

    def _view(self, X: Floats) -> Floats:
        """Return clips in the view."""
        return self._standardised(X)

    def _standardised(self, X: Floats) -> Floats:
        standardised: Floats = (X - self.mean_) / self.spread_
        return standardised


class Whitened(Standardised, ABC):
    """Base of detectors that see standardised features softly whitened and turned back to the bands.

    Along each principal axis the clips are divided by their standard deviation there plus `whitening`, so
    that directions in which normal clips hardly vary count more. Turned back to the original axes (ZCA:
    A. Bell & T. Sejnowski, "The independent components of natural scenes are edge filters", Vision
    Research 37, 1997), each feature then tells mostly what the other features do not.

    Attributes
    ----------
    whitening : float
        What is added to the standard deviations; that of a standardised feature is 1. Less whitens more.
    axes_ : ndarray of float, shape (n_axes, n_features)
        Principal axes of the standardised training clips.
    gains_ : ndarray of float, shape (n_axes,)
        What each axis is multiplied by, less what every direction is: ``1 / whitening``.
    """

    learnt: ClassVar = {"axes_": Numbers("axes features"), "gains_": Numbers("axes")}
    whitening: float
    axes_: Floats
    gains_: Floats

    def _learn_view(self, X: Floats) -> Floats:
        standardised = super()._learn_view(X)
        self.axes_, spread = principal_axes(standardised)
        self.gains_ = 1 / (spread + self.whitening) - 1 / self.whitening
        return self._view(X)

    def _view(self, X: Floats) -> Floats:
        standardised = self._standardised(X)
        whitened: Floats = standardised / self.whitening + ((standardised @ self.axes_.T) * self.gains_) @ self.axes_
        return whitened


def principal_axes(centred: Floats) -> tuple[Floats, Floats]:
    """Return the principal axes of clips about 0, most spread first, and the standard deviation along each.

    Parameters
    ----------
    centred : ndarray of float, shape (n, d)

    Returns
    -------
    axes : ndarray of float, shape (min(n, d), d)
    spread : ndarray of float, shape (min(n, d),)
    """
    n, d = centred.shape
    if n < d:
        _, singular, axes = np.linalg.svd(centred, full_matrices=False)
        return axes, singular / np.sqrt(n)
    return covariance_axes(centred.T @ centred / n)  # several times faster than the other


def covariance_axes(covariance: Floats) -> tuple[Floats, Floats]:
    """Return the principal axes of a covariance matrix, and the standard deviation along each; see `principal_axes`."""
    variance, directions = np.linalg.eigh(covariance)
    return np.ascontiguousarray(directions[:, ::-1].T), np.sqrt(np.maximum(variance[::-1], 0))
