"""Pooling of a network's frames over time: by rank, by how far a frame lies from the mean, by powers, or by both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.features.pooling import pool

__all__ = ["PoolingRule", "deviation_weights", "parse_pooling", "pool_frames", "power_mean"]

_FORM = re.compile(r"(?:rdp:(?P<gamma>\d+(?:\.\d+)?))?(?:(?:^|(?<=\d)\+)gem:(?P<p>\d+(?:\.\d+)?))?")
_GAMMA, _POWER, _RANK = Interval(float, 0, 100, open_low=True), Interval(float, 1, 100), Interval(float, 0, 1)
_LEAST = 1e-8
"""Greatest distance from the mean below which all frames count alike."""


class Weighting(NamedTuple):
    """The exponent of relative deviations, None for frames of equal weight, and the power of the mean, 1 for none."""

    gamma: float | None
    p: float


@dataclass(frozen=True)
class PoolingRule:
    """A rank weight from 0 to 1, or the name of a pooling: ``"rdp:10"``, ``"gem:3"``, ``"rdp:8+gem:3"``."""

    def holds(self, value: object) -> bool:
        """Tell whether `value` is a rank weight or the name of a pooling."""
        return parse_pooling(value) is not None if isinstance(value, str) else _RANK.holds(value)

    def __str__(self) -> str:
        return f"{_RANK}, 'rdp:GAMMA' (up to 100), 'gem:P' (from 1 to 100) or 'rdp:GAMMA+gem:P'"


def parse_pooling(text: str) -> Weighting | None:
    """Return what the name of a pooling means; None if it is no such name."""
    found = _FORM.fullmatch(text) if text else None
    if found is None:
        return None
    gamma = None if found["gamma"] is None else float(found["gamma"])
    p = 1.0 if found["p"] is None else float(found["p"])
    return Weighting(gamma, p) if _POWER.holds(p) and (gamma is None or _GAMMA.holds(gamma)) else None


def pool_frames(
    frames: NDArray[np.float32], pooling: Sequence[float | str], *, deviation: bool = False, change: bool = False
) -> NDArray[np.float32]:
    """Pool frames over time, one row for each way of `pooling`, then those that are asked for.

    `frames`: shape (n_dims, n_frames).
    `pooling`: a rank weight from 0 (the maximum) to 1 (the mean), as of `offkey.features.pooling.pool`, or a name:
        ``"rdp:GAMMA"`` is the mean by `deviation_weights`, ``"gem:P"`` the `power_mean`, ``"rdp:GAMMA+gem:P"`` the
        power mean by these weights (K. Wilkinghoff, S. Yadav & Z.-H. Tan, "Temporal pooling strategies for
        training-free anomalous sound detection with self-supervised audio embeddings", 2026, arXiv 2603.04605,
        section III-E).
    `deviation`, `change`: whether to add a row of standard deviations, of mean changes from frame to frame.
    Returns: shape (len(pooling) + deviation + change, n_dims).
    """
    ranks = [way for way in pooling if not isinstance(way, str)]
    if len(ranks) == len(pooling):
        return pool(frames, ranks, deviation=deviation, change=change)
    ranked = pool(frames, [*ranks, 1.0], deviation=deviation, change=change)
    by_rank, further = iter(ranked), ranked[len(ranks) + 1 :]
    rows = [_pooled(frames, way) if isinstance(way, str) else next(by_rank) for way in pooling]
    return np.concatenate([np.stack(rows), further])


def deviation_weights(frames: NDArray[np.float32], gamma: float) -> NDArray[np.float64]:
    """Return weights of frames that grow with their distance from the mean frame: relative deviation pooling.

    With mu the mean of the frames x_t, r_t = ||x_t - mu|| / max_s ||x_s - mu||, all 0 where that maximum is below 1e-8,
    and w_t = (1 + r_t)^gamma / sum_s (1 + r_s)^gamma (Wilkinghoff, Yadav & Tan, 2026, arXiv 2603.04605, section
    III-E): a moment that differs counts up to 2^gamma times as much as one that does not.

    `frames`: shape (n_dims, n_frames).
    `gamma`: the exponent; the paper takes 10 for all encoders, 8 together with a power mean.
    Returns: shape (n_frames,); they sum to 1.
    """
    wide = frames.astype(np.float64)
    away = np.linalg.norm(wide - wide.mean(axis=1, keepdims=True), axis=0)
    greatest = away.max()
    relative = away / greatest if greatest >= _LEAST else np.zeros_like(away)
    weights: NDArray[np.float64] = (1 + relative) ** gamma
    weights /= weights.sum()
    return weights


def power_mean(
    frames: NDArray[np.float32], p: float, weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the generalised mean over time, (sum_t w_t x_t^p)^(1/p): GeM pooling.

    F. Radenovic, G. Tolias & O. Chum, "Fine-tuning CNN image retrieval with no human annotation", IEEE Trans. PAMI 41,
    2019, eq. 3, where numbers are positive: p = 1 is the mean, and the greater p, the nearer to the maximum. Of
    numbers below 0, which transformers give, the power is that of the magnitude and the sign is kept.

    `frames`: shape (n_dims, n_frames).
    `weights`: shape (n_frames,); they sum to 1; equal by default.
    Returns: shape (n_dims,).
    """
    wide = frames.astype(np.float64)
    weights = np.full(wide.shape[1], 1 / wide.shape[1]) if weights is None else weights
    scale = np.abs(wide).max(axis=1)  # so that no power overflows
    unit = np.divide(wide, scale[:, None], out=np.zeros_like(wide), where=scale[:, None] > 0)
    mean = (np.sign(unit) * np.abs(unit) ** p) @ weights
    found: NDArray[np.float64] = scale * np.sign(mean) * np.abs(mean) ** (1 / p)
    return found


def _pooled(frames: NDArray[np.float32], way: str) -> NDArray[np.float32]:
    """Pool frames in a way that a name says."""
    gamma, p = parse_pooling(way) or Weighting(None, 1.0)
    weights = None if gamma is None else deviation_weights(frames, gamma)
    return power_mean(frames, p, weights).astype(np.float32)
