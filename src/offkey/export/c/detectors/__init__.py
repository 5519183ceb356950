"""Detectors in C: for each a piece that scores features in their units, and where these are measured from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from offkey.detectors import Detector
from offkey.detectors.fused import Fused
from offkey.detectors.gmm import GMM
from offkey.detectors.knn import KNN
from offkey.detectors.local_density import LocalDensity
from offkey.detectors.mahalanobis import Mahalanobis
from offkey.detectors.pca_residual import PCAResidual
from offkey.errors import ExportError
from offkey.export.c.detectors.autoencoder import autoencoder
from offkey.export.c.detectors.fused import fused
from offkey.export.c.detectors.gmm import gmm
from offkey.export.c.detectors.mahalanobis import mahalanobis
from offkey.export.c.detectors.neighbours import knn, local_density
from offkey.export.c.detectors.pca_residual import pca_residual
from offkey.export.c.detectors.scoring import Scoring
from offkey.learned.autoencoder.detector import Autoencoder

__all__ = ["Scoring", "scoring_of"]

_KINDS: Mapping[type[Detector], Callable[..., Scoring]] = {
    Mahalanobis: mahalanobis,
    PCAResidual: pca_residual,
    GMM: gmm,
    KNN: knn,
    LocalDensity: local_density,
    Fused: fused,
}


def scoring_of(detector: Detector, *, int8: bool = False) -> Scoring:
    """Return how a fitted detector scores in C; an ExportError says why it cannot.

    `int8`: whether weights of a network have eight bits.
    """
    if isinstance(detector, Autoencoder):
        return autoencoder(detector, int8=int8)
    kind = _KINDS.get(type(detector))
    if kind is None:
        kinds: list[type[Detector]] = [*_KINDS, Autoencoder]
        known = ", ".join(sorted(f"'{one.name}'" for one in kinds))
        raise ExportError(
            f"The detector '{detector.name}' cannot go to C, which has {known}: fit with --detector mahalanobis."
        )
    return kind(detector)
