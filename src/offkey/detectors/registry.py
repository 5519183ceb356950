"""The detectors by name, those of other packages among them."""

from __future__ import annotations

from offkey.components import Registry
from offkey.detectors.base import Detector

__all__ = ["create", "find", "names", "restore"]

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
        "spectral_angle": "offkey.detectors.spectral_angle:SpectralAngle",
        "robust": "offkey.detectors.robust:Robust",
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
