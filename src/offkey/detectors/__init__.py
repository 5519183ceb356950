"""Detectors: features of clips to anomaly scores, without audio.

>>> from offkey.detectors import create
>>> scores = create("fused").fit(X).score(X_new)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offkey.components import Registry
from offkey.detectors.base import Detector

if TYPE_CHECKING:
    from offkey.detectors.sklearn_adapter import OutlierDetector

__all__ = ["Detector", "as_sklearn", "create", "find", "names", "restore"]

_REGISTRY: Registry[Detector] = Registry(
    "detector",
    Detector,  # type: ignore[type-abstract]
    "offkey.detectors",
    {
        "fused": "offkey.detectors.fused:Fused",
        "knn": "offkey.detectors.knn:KNN",
        "local_density": "offkey.detectors.local_density:LocalDensity",
        "subband_density": "offkey.detectors.subband_density:SubBandDensity",
        "band_agreement": "offkey.detectors.band_agreement:BandAgreement",
        "local_mahalanobis": "offkey.detectors.local_mahalanobis:LocalMahalanobis",
        "mahalanobis": "offkey.detectors.mahalanobis:Mahalanobis",
        "gmm": "offkey.detectors.gmm:GMM",
        "pca_residual": "offkey.detectors.pca_residual:PCAResidual",
        "lof": "offkey.detectors.lof:LOF",
        "isolation_forest": "offkey.detectors.isolation_forest:IsolationForest",
        "ocsvm": "offkey.detectors.ocsvm:OneClassSVM",
        "zero_shot": "offkey.detectors.zero_shot:ZeroShot",
        "autoencoder": "offkey.learned.autoencoder.detector:Autoencoder",
    },
)

names, find, create, restore = _REGISTRY.names, _REGISTRY.find, _REGISTRY.create, _REGISTRY.restore


def as_sklearn(detector: str | Detector = "fused", *, contamination: str | float = "auto") -> OutlierDetector:
    """Return a detector as a scikit-learn outlier detector, with scikit-learn's sign.

    Parameters
    ----------
    detector : str or Detector, default "fused"
        Name of a detector, or a detector whose parameters are taken.
    contamination : "auto" or float, default "auto"
        Share of outliers among the training clips.

    Returns
    -------
    OutlierDetector
        Not fitted yet; see `offkey.detectors.sklearn_adapter.OutlierDetector`.
    """
    from offkey.detectors.sklearn_adapter import OutlierDetector  # scikit-learn takes half a second to import

    return OutlierDetector(detector, contamination)
