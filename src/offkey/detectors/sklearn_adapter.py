"""Detectors as scikit-learn outlier detectors, with scikit-learn's sign: higher is more normal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from offkey.components import Interval
from offkey.detectors.base import Detector, Floats
from offkey.detectors.registry import create
from offkey.errors import ParameterError

__all__ = ["OutlierDetector", "own"]

_AUTO = 0.05
"""Share of the training clips that ``contamination="auto"`` calls outliers."""

_CONTAMINATION = Interval(float, 0, 0.5, open_low=True)


class OutlierDetector(OutlierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A detector in scikit-learn's clothes.

    A row that was trained on is always scored by its cross-validated score, so that the training clips
    are judged as new clips are, `contamination` is the share of them that `predict` calls outliers, and the
    threshold is fit for new clips.

    `detector`: name of a detector, or a detector whose parameters are taken; it is not changed.
    `contamination`: share of outliers among the training clips, more than 0 and up to 0.5; 0.05 for ``"auto"``.
    `offset_`: what `decision_function` takes from `score_samples`.
    """

    def __init__(self, detector: str | Detector = "fused", contamination: str | float = "auto") -> None:
        self.detector = detector
        self.contamination = contamination

    def set_params(self, **params: Any) -> Self:
        """Change `detector`, `contamination`, or, as ``detector__NAME``, a parameter of the detector."""
        detector = params.get("detector", self.detector)
        if isinstance(detector, str) and any(name.startswith("detector__") for name in params):
            params = {**params, "detector": create(detector)}  # a name has no parameters that could be set
        super().set_params(**params)
        return self

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn from normal clips.

        `X`: shape (n_clips, n_features).
        """
        share = _AUTO if self.contamination == "auto" else self.contamination
        if not _CONTAMINATION.holds(share):
            raise ParameterError(f"'contamination' must be 'auto' or {_CONTAMINATION}. Got {share!r} instead.")
        fresh = own(self.detector, {})
        array = validate_data(self, X, dtype=np.float64, ensure_min_samples=max(2, fresh.min_clips))
        scores = fresh.fit_scored(array)
        self.detector_ = fresh
        self.known_ = dict(zip(map(_key, array), (-scores).tolist(), strict=True))
        judged = [self.known_[_key(row)] for row in array]  # copies of a clip share one score
        self.offset_ = float(np.percentile(judged, 100 * float(share)))
        return self

    def score_samples(self, X: ArrayLike) -> Floats:
        """Return the score of each clip, higher for more normal, shape (n_clips,)."""
        check_is_fitted(self)
        array = validate_data(self, X, dtype=np.float64, reset=False)
        scores = -self.detector_.score(array)
        return np.array([self.known_.get(_key(row), score) for row, score in zip(array, scores, strict=True)])

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return `score_samples` minus `offset_`, negative for outliers, shape (n_clips,)."""
        decision: Floats = self.score_samples(X) - self.offset_
        return decision

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Return 1 for normal clips and -1 for outliers, shape (n_clips,)."""
        return np.where(self.decision_function(X) >= 0, 1, -1)


def own(detector: str | Detector, params: Mapping[str, Any]) -> Detector:
    """Return a new detector, by name or with the parameters of another, some of them changed."""
    if isinstance(detector, str):
        return create(detector, **params)
    if not isinstance(detector, Detector):
        raise ParameterError(f"'detector' must be the name of a detector or a Detector. Got {detector!r} instead.")
    return type(detector)(**detector.params()).set_params(**params)


def _key(row: Floats) -> bytes:
    return (row + 0.0).tobytes()  # a negative zero is a zero
