"""Local density of training clips: how far it is from one to the next."""

from __future__ import annotations

import numpy as np

from offkey.detectors.base import Floats
from offkey.detectors.distances import nearest_others

__all__ = ["floored", "local_radius"]

_LEAST = 1e-3
"""Least of a set of positive numbers as a share of their mean: copies of a clip would have a radius of 0."""


def floored(values: Floats) -> Floats:
    """Return rows of numbers of 0 and more, the least of each raised so that they can be divided by."""
    mean = values.mean(axis=-1, keepdims=True)
    return np.where(mean > 0, np.maximum(values, _LEAST * mean), 1.0)


def local_radius(clips: Floats, k: int) -> Floats:
    """Return each clip's mean distance to the `k` others nearest to it, never 0.

    `clips`: shape (n, d); at least two, in one or several groups of features.
    `k`: number of neighbours; all others where there are fewer.
    Returns: shape (n,).
    """
    return floored(nearest_others(clips, k).distances.mean(axis=-1))
