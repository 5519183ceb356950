"""The score of a fitted detector as operators of a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offkey.detectors.base import Detector
from offkey.detectors.gmm import GMM
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.pca_residual import PCAResidual
from offkey.detectors.robust import Robust
from offkey.errors import ExportError
from offkey.export.detectors.arithmetic import number, whole
from offkey.export.detectors.ellipsoids import gmm_nodes, mahalanobis_nodes, pca_residual_nodes, robust_nodes
from offkey.graph import Builder

__all__ = ["detector_nodes"]

_NODES: dict[type[Detector], Callable[[Builder, Any, str], str]] = {
    GMM: gmm_nodes,
    Mahalanobis: mahalanobis_nodes,
    PCAResidual: pca_residual_nodes,
    Robust: robust_nodes,
}


def detector_nodes(b: Builder, detector: Detector, features: str) -> str:
    """Add the score of a fitted detector to a graph.

    Parameters
    ----------
    b : Builder
        The graph so far.
    detector : Detector
        Fitted.
    features : str
        Features of clips in double precision, shape (batch, n_features).

    Returns
    -------
    str
        Scores, in double precision, shape (batch,).

    Raises
    ------
    ExportError
        If the detector has no such graph, or remembers too much for one.

    Examples
    --------
    >>> import numpy as np
    >>> from offkey.detectors import create
    >>> from offkey.export.detectors import detector_nodes
    >>> from offkey.graph import Builder
    >>> b = Builder()
    >>> x = b.input("features", np.float64, ("batch", X.shape[1]))
    >>> b.output(detector_nodes(b, create("mahalanobis").fit(X), x), "score", np.float64, ("batch",))
    """
    make = _NODES.get(type(detector))
    if make is None:
        raise ExportError(
            f"The detector '{detector.name}' cannot be exported, since its score has no form of plain operators here: "
            "fit the model with another, such as 'fused' or 'mahalanobis'."
        )
    moves = getattr(detector, "moves_", None)
    if moves is None:
        return make(b, detector, features)
    moved = b("Sub", b("Unsqueeze", features, whole(b, 0)), number(b, moves[:, None]))
    scores = make(b, detector, b("Reshape", moved, whole(b, -1, detector.n_features_)))
    return b("ReduceMin", b("Reshape", scores, whole(b, len(moves), -1)), axes=[0], keepdims=0)
