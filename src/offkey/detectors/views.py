"""Views of clips in which distances are taken: standardised features, and whitened ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar, Self, TypeAlias

import numpy as np

from offkey.components import Numbers
from offkey.detectors.base import Detector, Floats, Together
from offkey.detectors.memory import Remembering

__all__ = [
    "ScoreSeen",
    "Views",
    "Whitened",
    "by_domain",
    "covariance_axes",
    "filled_up",
    "principal_axes",
]

ScoreSeen: TypeAlias = Callable[[Floats], Floats]
"""Clips in the views of several detectors, shape (n_detectors, n_clips, width), to scores, (n_detectors, n_clips)."""

_LEAST_SPREAD = 0.1
"""Least spread of a feature as a share of the features' RMS spread: one that hardly varies must not decide alone."""


class Whitened(Remembering, ABC):
    """Base of detectors that see features standardised, softly whitened and turned back to the bands.

    Each feature minus its mean is divided by its standard deviation: what is found then depends neither on the unit of
    the features nor on a common offset, and a band that varies little counts as much as one that varies much.
    Along each principal axis the clips are divided by their standard deviation there plus `whitening`, so
    that directions in which normal clips hardly vary count more. Turned back to the original axes (ZCA:
    A. Bell & T. Sejnowski, "The independent components of natural scenes are edge filters", Vision
    Research 37, 1997), each feature then tells mostly what the other features do not.

    Attributes
    ----------
    whitening : float
        What is added to the standard deviations; that of a standardised feature is 1. Less whitens more.
    mean_, spread_ : ndarray of float, shape (n_features,)
        Mean of the training clips, and their standard deviation, or a tenth of its RMS where that is more.
    axes_ : ndarray of float, shape (n_axes, n_features)
        Principal axes of the standardised training clips.
    gains_ : ndarray of float, shape (n_axes,)
        What each axis is multiplied by, less what every direction is: ``1 / whitening``.
    """

    learnt: ClassVar = {
        "mean_": Numbers("features"),
        "spread_": Numbers("features", positive=True),
        "axes_": Numbers("axes features"),
        "gains_": Numbers("axes"),
    }
    whitening: float
    mean_: Floats
    spread_: Floats
    axes_: Floats
    gains_: Floats

    def _learn_view(self, X: Floats) -> Floats:
        """Learn the view from training clips, and return them in it."""
        self.mean_ = X.mean(axis=0)
        spread = X.std(axis=0)
        usual = float(np.sqrt((spread**2).mean()))
        self.spread_ = np.maximum(spread, _LEAST_SPREAD * usual) if usual > 0 else np.ones_like(spread)
        self.axes_, along = principal_axes((X - self.mean_) / self.spread_)
        self.gains_ = 1 / (along + self.whitening) - 1 / self.whitening
        return self._view(X)

    def known_rows(self) -> Floats:
        """Return the features of the clips that are remembered; see `Remembering.known_rows`."""
        along = 1 / (1 / self.whitening + self.gains_) - self.whitening
        standard = self.whitening * self.clips_ + ((self.clips_ @ self.axes_.T) * along) @ self.axes_
        rows: Floats = self.mean_ + self.spread_ * standard
        return rows

    @classmethod
    def together(cls, detectors: Sequence[Self]) -> Together:
        """Return what scores clips by several detectors, all of them in each step; see `Detector.together`."""
        views, score, moves = Views(detectors), cls._together_seen(detectors), by_domain(detectors)

        def score_blocks(blocks: Sequence[Floats]) -> Floats:
            X = filled_up(blocks)
            likeliest: Floats = np.min([score(views(X - move)) for move in moves], axis=0)
            return likeliest

        return score_blocks

    def _score(self, X: Floats) -> Floats:
        score = self._derived("score", lambda: type(self)._together_seen([self]))
        alone: Floats = score(self._view(X)[None])[0]
        return alone

    @classmethod
    @abstractmethod
    def _together_seen(cls, detectors: Sequence[Self]) -> ScoreSeen:
        """Return what scores clips in the views of several detectors, which are equal but for what they have learnt."""

    def _view(self, X: Floats) -> Floats:
        """Return clips in the view."""
        seen: Floats = self._derived("view", lambda: Views([self]))(X[None])[0]
        return seen


class Views:
    """The whitened views of several detectors, each of a block of columns, as a stack."""

    def __init__(self, detectors: Sequence[Whitened]) -> None:
        self._whitening = detectors[0].whitening
        self._mean = filled_up([detector.mean_ for detector in detectors])[:, None]
        self._spread = filled_up([detector.spread_ for detector in detectors], 1.0)[:, None]
        self._axes = filled_up([detector.axes_ for detector in detectors])
        self._gained = self._axes * filled_up([detector.gains_ for detector in detectors])[:, :, None]
        self._turns: Floats | None = None
        if self._axes.shape[2] <= 2 * self._axes.shape[1]:  # one product is then no larger than the two
            self._turns = self._gained.transpose(0, 2, 1) @ self._axes
            self._turns += np.eye(self._axes.shape[2]) / self._whitening

    def __call__(self, X: Floats) -> Floats:
        """Return clips, shape (n_detectors, n_clips, width), in the views."""
        standardised = (X - self._mean) / self._spread
        seen: Floats
        if self._turns is not None:
            seen = standardised @ self._turns
        else:
            seen = standardised / self._whitening + (standardised @ self._gained.transpose(0, 2, 1)) @ self._axes
        return seen


def by_domain(detectors: Sequence[Detector]) -> list[Floats]:
    """Return how far each domain is moved for each of several detectors, as stacks to take away from their clips."""
    moves = [getattr(detector, "moves_", np.zeros((1, detector.n_features_))) for detector in detectors]
    return [filled_up(of_domain)[:, None] for of_domain in zip(*moves, strict=True)]


def filled_up(arrays: Sequence[Floats], value: float = 0.0) -> Floats:
    """Return arrays that differ in length along any axis as one stack; what is missing has a value."""
    shape = np.max([array.shape for array in arrays], axis=0)
    if len({array.shape for array in arrays}) == 1:
        return np.stack(arrays)
    stack = np.full((len(arrays), *shape), value)
    for part, array in zip(stack, arrays, strict=True):
        part[tuple(slice(length) for length in array.shape)] = array
    return stack


def principal_axes(centred: Floats) -> tuple[Floats, Floats]:
    """Return the principal axes of clips about 0, most spread first, and the standard deviation along each.

    `centred`: shape (n, d).
    Returns `axes`: shape (min(n, d), d).
    Returns `spread`: shape (min(n, d),).
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
