"""Detectors: features of clips to anomaly scores, without audio.

>>> from offkey.detectors import create
>>> scores = create("fused").fit(X).score(X_new)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offkey.components import Interval, OneOf, SequenceOf, Text
from offkey.detectors.base import Detector
from offkey.detectors.checks import check_detector
from offkey.detectors.registry import create, find, names, restore
from offkey.errors import check_installed

if TYPE_CHECKING:
    from offkey.detectors.sklearn_adapter import OutlierDetector

__all__ = [
    "Detector",
    "Interval",
    "OneOf",
    "SequenceOf",
    "Text",
    "as_sklearn",
    "check_detector",
    "create",
    "find",
    "names",
    "restore",
]


def as_sklearn(
    detector: str | Detector = "fused", *, contamination: str | float = "auto", **params: Any
) -> OutlierDetector:
    """Return a detector as a scikit-learn outlier detector, with scikit-learn's sign: higher is more normal.

    It can be cloned, put in pipelines and searched over like any other estimator; the detector's own parameters are
    called ``detector__NAME``.

    Parameters
    ----------
    detector : str or Detector, default "fused"
        Name of a detector, or a detector whose parameters are copied.
    contamination : "auto" or float, default "auto"
        Share of outliers among the training clips, more than 0 and up to 0.5; 0.05 for ``"auto"``.
    **params
        Parameters of the detector, by name.

    Returns
    -------
    OutlierDetector
        Not fitted yet, with `fit`, `predict` (1 for normal, -1 for outliers), `decision_function`, `score_samples`.

    Raises
    ------
    ParameterError
        If there is no such detector or parameter, or a value breaks its rule.

    Examples
    --------
    >>> from offkey.detectors import as_sklearn
    >>> outliers = as_sklearn("gmm", n_components=2).fit(X)
    >>> outliers.set_params(detector__n_components=1).fit(X).predict(X_new)
    array([1, 1, 1])
    """
    check_installed("sklearn", "The function 'as_sklearn'", "sklearn")
    from offkey.detectors.sklearn_adapter import OutlierDetector, own  # scikit-learn takes half a second to import

    return OutlierDetector(own(detector, params), contamination)


def __dir__() -> list[str]:
    return __all__
