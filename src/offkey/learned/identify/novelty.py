"""Test whether a clip sounds like its predicted type, or like none.

The probabilities of a classifier are shares among the types that it knows: they say nothing of a sound that is
none of these, and a softmax is often sure of itself there. So the distance of a clip to the training clips of its
type is tested as a score is elsewhere in offkey: by its rank among held-out clips of that type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey import detectors
from offkey.decision import Calibration
from offkey.detectors import Detector

__all__ = ["Novelty"]

Floats = NDArray[np.float64]

_DETECTOR = "mahalanobis"  # K. Lee et al., "A simple unified framework for detecting out-of-distribution samples", 2018


@dataclass(frozen=True)
class Novelty:
    """One detector per type, fitted on the classifier's last layer and calibrated on held-out clips."""

    detectors: Sequence[Detector]
    calibrations: Sequence[Calibration]

    @classmethod
    def fit(cls, train: Floats, y: NDArray[np.intp], held_out: Floats, y_held_out: NDArray[np.intp]) -> Novelty:
        """Fit on embeddings, shape (n, n_features), and types by number, of clips learnt from and of others."""
        fitted = [detectors.create(_DETECTOR).fit(train[y == number]) for number in range(int(y.max()) + 1)]
        scores = [detector.score(held_out[y_held_out == number]) for number, detector in enumerate(fitted)]
        return cls(fitted, [Calibration(of_type) for of_type in scores])

    def judge(
        self, embedding: Floats, called: NDArray[np.intp], unknown_rate: float
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return p-values of `embedding` (n, n_features) for the types `called`, and which clips lie too far off."""
        p_values, far = np.ones(len(called)), np.zeros(len(called), bool)
        for number in np.unique(called).tolist():
            rows = called == number
            scores, calibration = self.detectors[number].score(embedding[rows]), self.calibrations[number]
            p_values[rows] = calibration.p_values(scores)
            far[rows] = scores > calibration.threshold(unknown_rate).value
        return p_values, far

    def state(self) -> dict[str, Any]:
        """Return it as nested arrays and JSON values."""
        return {
            "detectors": [part.state() for part in self.detectors],
            "held_out_scores": [part.normal_scores for part in self.calibrations],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Novelty:
        """Return what `state` describes."""
        return cls(
            [detectors.restore(detector_state) for detector_state in state["detectors"]],
            [Calibration(scores) for scores in state["held_out_scores"]],
        )
