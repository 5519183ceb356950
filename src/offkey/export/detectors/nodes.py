"""The score of a fitted detector as operators of a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from offkey.detectors.band_agreement import BandAgreement
from offkey.detectors.base import Detector
from offkey.detectors.fused import Fused
from offkey.detectors.fused_earlier import EarlierFused
from offkey.detectors.gmm import GMM
from offkey.detectors.isolation_forest import IsolationForest
from offkey.detectors.knn import KNN
from offkey.detectors.local_density import LocalDensity
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.lof import LOF
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.memory import MEMORY_RULE, Remembering
from offkey.detectors.ocsvm import OneClassSVM
from offkey.detectors.pca_residual import PCAResidual
from offkey.detectors.robust import Robust
from offkey.detectors.spectral_angle import SpectralAngle
from offkey.detectors.subband_density import SubBandDensity
from offkey.errors import ExportError
from offkey.export.detectors.autoencoding import autoencoder_nodes
from offkey.export.detectors.domains import in_domains
from offkey.export.detectors.ellipsoids import gmm_nodes, mahalanobis_nodes, pca_residual_nodes, robust_nodes
from offkey.export.detectors.joined import fused_nodes
from offkey.export.detectors.neighbours import (
    knn_nodes,
    local_density_nodes,
    lof_nodes,
    ocsvm_nodes,
    spectral_angle_nodes,
)
from offkey.export.detectors.trees import isolation_forest_nodes
from offkey.export.detectors.whitened import band_agreement_nodes, local_mahalanobis_nodes, subband_density_nodes
from offkey.graph import Builder
from offkey.learned.autoencoder.detector import Autoencoder

__all__ = ["detector_nodes"]

_NODES: dict[type[Detector], Callable[[Builder, Any, str], str]] = {
    Autoencoder: autoencoder_nodes,
    BandAgreement: band_agreement_nodes,
    Fused: fused_nodes,
    GMM: gmm_nodes,
    IsolationForest: isolation_forest_nodes,
    KNN: knn_nodes,
    LOF: lof_nodes,
    LocalDensity: local_density_nodes,
    LocalMahalanobis: local_mahalanobis_nodes,
    Mahalanobis: mahalanobis_nodes,
    OneClassSVM: ocsvm_nodes,
    PCAResidual: pca_residual_nodes,
    Robust: robust_nodes,
    SpectralAngle: spectral_angle_nodes,
    SubBandDensity: subband_density_nodes,
}

_MOST = 1 << 22
"""Numbers of remembered clips in one detector, or in all members of a join: 32 MiB."""


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
        raise ExportError(_refusal(detector))
    _check_memory(detector)
    return in_domains(b, detector, features, lambda moved: (make(b, detector, moved),))[0]


def _refusal(detector: Detector) -> str:
    """Say why a detector has no graph, and what would do."""
    if isinstance(detector, EarlierFused):
        return "The detector 'fused' of an earlier version cannot be exported, since it joins otherwise: fit it again."
    return (
        f"The detector '{detector.name}' cannot be exported, since its score has no form of plain operators here: "
        "fit the model with another, such as 'fused' or 'mahalanobis'."
    )


def _check_memory(detector: Detector) -> None:
    """Refuse a detector that remembers more than a graph should hold; the sentence says how many clips would do."""
    shapes = [clips.shape for clips in _remembered(detector)]
    numbers = sum(n * d for n, d in shapes)
    if numbers <= _MOST:
        return
    clips, features = max(n for n, _ in shapes), sum(d for _, d in shapes)
    enough = _MOST // features
    has_prototypes = isinstance(detector, Fused | Remembering)
    hint = f"export fewer with --memory {enough}" if has_prototypes else f"fit it on {enough:,} clips or fewer"
    raise ExportError(
        f"The detector '{detector.name}' remembers {clips:,} clips of {features:,} numbers, "
        f"{numbers * 8 / 2**20:.0f} MiB, and an exported one may remember {_MOST * 8 >> 20} MiB: "
        f"{hint if enough >= MEMORY_RULE.low else 'fit it on fewer features'}."
    )


def _remembered(detector: Detector) -> Iterator[Any]:
    for clips in ("clips_", "vectors_"):
        if hasattr(detector, clips):
            yield getattr(detector, clips)
    for members in ("members_", "angle_"):
        for member in getattr(detector, members, []):
            yield from _remembered(member)
