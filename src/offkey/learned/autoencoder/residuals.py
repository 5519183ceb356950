"""Residuals between inputs and their reconstruction, weighed as normal residuals of each domain scatter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["divided_mahalanobis", "domain_whiteners", "selective_mahalanobis"]

_REG = 1e-3
"""Added to every variance of residuals, in units of their mean variance, so that each covariance can be inverted."""

Array = NDArray[np.float32]


class _Scatter:
    """Mean and covariance of rows that come in parts."""

    def __init__(self, size: int) -> None:
        self.n, self.sum, self.products = 0, np.zeros(size), np.zeros((size, size))

    def add(self, rows: Array) -> None:
        exact = rows.astype(np.float64)
        self.n += len(rows)
        self.sum += exact.sum(axis=0)
        self.products += exact.T @ exact

    def join(self, other: _Scatter) -> None:
        self.n += other.n
        self.sum += other.sum
        self.products += other.products

    def whitener(self) -> Array:
        """Return W with W W' the inverse of the covariance."""
        mean = self.sum / self.n
        covariance = self.products / self.n - np.outer(mean, mean)
        level = float(np.trace(covariance)) / len(mean)
        covariance[np.diag_indices_from(covariance)] += _REG * level or 1.0
        variances, axes = np.linalg.eigh(covariance)
        white: Array = (axes / np.sqrt(np.maximum(variances, 1e-9 * variances[-1]))).astype(np.float32)
        return white


def domain_whiteners(residuals: Iterable[Array], domains: NDArray[Any]) -> Array:
    """Return W per domain, (n_domains, frame_size, frame_size), with W W' the inverse covariance of residuals.

    The residuals of a clip have shape (n_frames, frame_size). A domain with fewer than two frames for each value of a
    frame has no covariance of its own, and joins the largest domain.
    """
    scatters: dict[Any, _Scatter] = {}
    for rows, domain in zip(residuals, domains.tolist(), strict=True):
        scatters.setdefault(domain, _Scatter(rows.shape[1])).add(rows)
    most, *others = sorted(scatters.values(), key=lambda scatter: -scatter.n)
    own = [scatter for scatter in others if scatter.n >= 2 * len(scatter.sum)]
    for scatter in others:
        if scatter not in own:
            most.join(scatter)
    return np.stack([scatter.whitener() for scatter in (most, *own)])


def selective_mahalanobis(residuals: Array, whiteners: Array) -> float:
    """Return the mean over inputs of their squared Mahalanobis distance in the domain where it is least.

    The selective Mahalanobis mode of N. Harada, D. Niizumi, Y. Ohishi, D. Takeuchi & M. Yasuda, "First-shot anomaly
    sound detection for machine condition monitoring: a domain generalization baseline", EUSIPCO 2023
    (arXiv 2303.00455): A(X) = 1 / (D T) sum over t of min(D_s, D_t), with D_s and D_t the Mahalanobis distance of
    the residual of the t-th input by the covariance of residuals in source and target, and D its length.
    Their published code takes the distance of the mean residual instead.

    `residuals` has shape (n_inputs, context, frame_size); the frames of an input count as independent.
    """
    distances = [np.square(residuals @ white).mean(axis=(1, 2)) for white in whiteners]
    return float(np.min(distances, axis=0).mean(dtype=np.float64))


def divided_mahalanobis(residuals: Array, whiteners: Array) -> NDArray[np.float64]:
    """Return the share of each value in `selective_mahalanobis`: its product with the whitened residual."""
    exact = residuals.astype(np.float64)
    parts = np.stack([exact * (exact @ white @ white.T) for white in whiteners.astype(np.float64)])
    nearest = parts.sum(axis=(2, 3)).argmin(axis=0)
    shares: NDArray[np.float64] = parts[nearest, np.arange(len(residuals))] / residuals.size
    return shares
