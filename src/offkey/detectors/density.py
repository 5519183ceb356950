"""Local density of training clips, and distances in units of it."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats
from offkey.detectors.distances import Cloud, least, squared_distances

__all__ = ["floored", "local_radius", "nearness"]

_LEAST = 1e-3
"""Least of a set of positive numbers as a share of their mean: copies of a clip would have a radius of 0."""


def floored(values: Floats) -> Floats:
    """Return numbers of 0 and more, the least of them raised so that they can be divided by."""
    mean = float(values.mean())
    return np.maximum(values, _LEAST * mean) if mean > 0 else np.ones_like(values)


def local_radius(clips: Floats, k: int) -> Floats:
    """Return each clip's mean distance to the `k` others nearest to it, never 0.

    Parameters
    ----------
    clips : ndarray of float, shape (n, d)
        At least two.
    k : int
        Number of neighbours; all others where there are fewer.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    among = squared_distances(clips, clips)
    np.fill_diagonal(among, np.inf)  # a clip is no neighbour of itself
    return floored(np.sqrt(least(among, min(k, len(clips) - 1))).mean(axis=1))


def nearness(new: Floats, clips: Cloud, radius: Floats, k: int, form: str = "ratio") -> Floats:
    """Return the mean of the `k` least distances to clips, each in relation to that clip's radius.

    Parameters
    ----------
    new : ndarray of float, shape (n, d)
    clips : Cloud of m points
    radius : ndarray of float, shape (m,)
    k : int
    form : {"ratio", "difference"}
        Whether a distance is divided by the radius or the radius subtracted from it.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    away = clips.distances(new)
    if form == "ratio":
        away /= radius
    else:
        away -= radius
    mean: Floats = least(away, k).mean(axis=1)
    return mean
