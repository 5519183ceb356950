"""Local density of training clips: how far it is from one to the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.detectors.base import Floats
from offkey.detectors.distances import nearest_others

__all__ = ["EXIT_RULE", "Density", "cluster_exits", "floored", "learn_density", "local_radius", "varmin_share"]

EXIT_RULE = Interval(float, 0, 1, open_low=True, open_high=True, or_none=True)

_LEAST = 1e-3
"""Least of a set of positive numbers as a share of their mean: copies of a clip would have a radius of 0."""
_LEAST_VARIANCE = 1e-12
"""Variance of the radii below which they explain nothing."""


class Density(NamedTuple):
    """The density about each of some clips, in one or several groups of features."""

    radius: Floats  # shape (..., n); never 0
    share: Floats  # shape (...,); how much of the radius counts by VarMin


def learn_density(clips: Floats, k: int, *, logarithms: bool, exit_quantile: float | None) -> Density:
    """Return each clip's radius, and the share of it that counts by VarMin.

    `clips`: shape (n, d); at least two, in one or several groups of features.
    `k`: number of neighbours; all others where there are fewer.
    `logarithms`: whether the share is an exponent of the radius rather than a factor.
    `exit_quantile`: as of `cluster_exits`; None where all neighbours count.
    """
    away = nearest_others(clips, k).distances
    radius, nearest = _radius(away, exit_quantile), away[..., 0]
    if logarithms:
        return Density(radius, varmin_share(np.log(floored(nearest)), np.log(radius)))
    return Density(radius, varmin_share(nearest, radius))


def varmin_share(nearest: Floats, radius: Floats) -> Floats:
    """Return ``alpha = Cov(u, v) / Var(v)``, with which ``u - alpha v`` varies least among the training clips: VarMin.

    Where ``Var(v)`` lies below 1e-12, alpha is 0. In the paper of `cluster_exits`, arXiv 2602.18777.

    `nearest`: shape (..., n); u, each clip's distance to the nearest other, or its logarithm.
    `radius`: shape (..., n); v, its radius, or the logarithm.
    Returns: shape (...,).
    """
    u = nearest - nearest.mean(axis=-1, keepdims=True)
    v = radius - radius.mean(axis=-1, keepdims=True)
    variance = (v**2).mean(axis=-1)
    flat = variance < _LEAST_VARIANCE
    share: Floats = np.where(flat, 0.0, (u * v).mean(axis=-1) / np.where(flat, 1.0, variance))
    return share


def cluster_exits(away: Floats, quantile: float) -> NDArray[np.intp]:
    """Return how many of its neighbours belong to each clip's own cluster.

    From a clip's k-th neighbour to the next, the distance grows by the ratio ``r_k = d_k / d_(k+1)``, averaged with
    that of the next k. The walk leaves the cluster at the earliest k whose ratio lies below the clip's own
    `quantile` of all its ratios, else at K - 2 (arXiv 2602.18777, 2026, which takes .04). Of two neighbours or one
    there is nothing to average, and all belong.

    `away`: shape (..., K); distances to the nearest others, from low to high.
    Returns: shape (...,); from 1 to K.
    """
    k = away.shape[-1]
    if k <= 2:
        return np.full(away.shape[:-1], k, np.intp)
    steps = np.divide(away[..., :-1], away[..., 1:], out=np.ones_like(away[..., 1:]), where=away[..., 1:] > 0)
    ratios = (steps[..., :-1] + steps[..., 1:]) / 2
    below = ratios < np.quantile(ratios, quantile, axis=-1, keepdims=True)
    first: NDArray[np.intp] = np.where(below.any(axis=-1), below.argmax(axis=-1) + 1, k - 2)
    return first


def floored(values: Floats) -> Floats:
    """Return rows of numbers of 0 and more, the least of each raised so that they can be divided by."""
    mean = values.mean(axis=-1, keepdims=True)
    return np.where(mean > 0, np.maximum(values, _LEAST * mean), 1.0)


def local_radius(clips: Floats, k: int, exit_quantile: float | None = None) -> Floats:
    """Return each clip's mean distance to the `k` others nearest to it, never 0.

    `clips`: shape (n, d); at least two, in one or several groups of features.
    `k`: number of neighbours; all others where there are fewer.
    `exit_quantile`: as of `cluster_exits`, whose number of neighbours then counts rather than `k`.
    Returns: shape (n,).
    """
    return _radius(nearest_others(clips, k).distances, exit_quantile)


def _radius(away: Floats, exit_quantile: float | None) -> Floats:
    if exit_quantile is None:
        return floored(away.mean(axis=-1))
    inside = np.arange(away.shape[-1]) < cluster_exits(away, exit_quantile)[..., None]
    return floored(away.mean(axis=-1, where=inside))
