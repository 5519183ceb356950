"""Detectors: features of clips to anomaly scores, without audio.

>>> from offkey.detectors import create
>>> scores = create("fused").fit(X).score(X_new)  # doctest: +SKIP
"""

from typing import Any

from offkey.components import Registry
from offkey.detectors.base import Detector, State

__all__ = ["Detector", "State", "create", "find", "names"]

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
    },
)


def names() -> list[str]:
    """Return the names of all detectors, the built-in ones first."""
    return _REGISTRY.names()


def find(name: str) -> type[Detector]:
    """Return the class of the detector `name`; a ParameterError lists the names if there is none."""
    return _REGISTRY.find(name)


def create(name: str, **params: Any) -> Detector:
    """Return a new detector by name.

    Parameters
    ----------
    name : str
        One of `names()`.
    **params
        Its constructor arguments.

    Returns
    -------
    Detector
        Not fitted yet.

    Raises
    ------
    ParameterError
        If the name or a parameter is unknown, or a value breaks its rule.
    """
    return _REGISTRY.create(name, **params)
