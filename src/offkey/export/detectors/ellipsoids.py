"""Detectors to which normal clips are one ellipsoid or a few: graphs of their scores."""

from __future__ import annotations

import numpy as np

from offkey.detectors.gmm import GMM
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.pca_residual import PCAResidual
from offkey.detectors.robust import RESIDUAL, Robust
from offkey.export.detectors.arithmetic import number, product, row_norms, row_squares, whole
from offkey.graph import Builder

__all__ = ["gmm_nodes", "mahalanobis_nodes", "pca_residual_nodes", "robust_nodes"]


def mahalanobis_nodes(b: Builder, detector: Mahalanobis, features: str) -> str:
    """Add the distance of `Mahalanobis`: squares along the axes and beside them, each in units of its spread."""
    centred = b("Sub", features, number(b, detector.mean_))
    along, beside = _split(b, centred, detector.axes_)
    inside = row_squares(b, b("Div", along, number(b, detector.spread_)))
    outside = row_squares(b, b("Div", beside, number(b, detector.spread_beside_)))
    return b("Sqrt", b("Add", inside, outside))


def pca_residual_nodes(b: Builder, detector: PCAResidual, features: str) -> str:
    """Add the distance of `PCAResidual` from the subspace of the components."""
    _, beside = _split(b, b("Sub", features, number(b, detector.mean_)), detector.axes_)
    return row_norms(b, beside)


def robust_nodes(b: Builder, detector: Robust, features: str) -> str:
    """Add the distance of `Robust` along its axes and beside them."""
    counted = len(detector.middle_)
    seen = features
    if counted < detector.n_features_:
        seen = b("Slice", features, whole(b, 0), whole(b, counted), whole(b, 1))
    standard = b("Div", b("Sub", seen, number(b, detector.middle_)), number(b, detector.unit_))
    along, beside = _split(b, standard, detector.axes_)
    away = b("Sub", along, number(b, detector.centre_))
    products = b("Mul", b("MatMul", away, number(b, detector.precision_)), away)
    square = b("ReduceSum", products, whole(b, 1), keepdims=0)
    inside = b("Div", b("Max", square, number(b, 0.0)), number(b, len(detector.axes_)))
    outside = b("Mul", row_squares(b, beside), number(b, RESIDUAL / detector.residual_**2))
    return b("Sqrt", b("Add", inside, outside))


def gmm_nodes(b: Builder, detector: GMM, features: str) -> str:
    """Add the negative log-likelihood of `GMM`, under the mixture or the most likely component."""
    unit = np.full(detector.n_features_, detector.scale_)  # onnxruntime would round one alone to single precision
    scaled = b("Div", b("Sub", features, number(b, detector.centre_)), number(b, unit))
    along, beside = (scaled, "") if detector.axes_ is None else _split(b, scaled, detector.axes_)
    (k, m), is_full = detector.means_.shape, detector.whiteners_.ndim == 3
    away = b("Sub", b("Unsqueeze", along, whole(b, 0)), number(b, detector.means_.reshape(k, 1, m)))
    roots = detector.whiteners_ if is_full else detector.whiteners_.reshape(k, 1, m)
    squares = row_squares(b, b("MatMul" if is_full else "Mul", away, number(b, roots)))
    if beside:
        squares = b("Add", squares, b("Div", row_squares(b, beside), number(b, detector.reg)))
    halves = b("Mul", squares, number(b, -0.5))
    mixed = detector.joined != "component"
    densities = b("Add", halves, number(b, _constants(detector, mixed)[:, None]))
    join = "ReduceLogSumExp" if mixed else "ReduceMax"
    return b("Neg", b(join, densities, axes=[0], keepdims=0))


def _constants(detector: GMM, mixed: bool) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the log-density of each component at its mean, times its weight where the components are mixed."""
    (_, m), d = detector.means_.shape, detector.n_features_
    constant = -d * (0.5 * np.log(2 * np.pi) + np.log(detector.scale_))
    constant -= 0.5 * (d - m) * np.log(detector.reg) if detector.axes_ is not None else 0.0
    full = detector.whiteners_.ndim == 3
    diagonals = np.diagonal(detector.whiteners_, axis1=1, axis2=2) if full else detector.whiteners_
    logs = np.log(diagonals).sum(axis=1) + constant
    return np.asarray(logs + detector.log_weights_ if mixed else logs)


def _split(b: Builder, rows: str, axes: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[str, str]:
    """Return rows along orthonormal axes, shape (n_axes, d), and what of them lies beside these."""
    along = product(b, rows, axes)
    return along, b("Sub", rows, b("MatMul", along, number(b, axes)))
