"""The graph of the autoencoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.detectors import create
from offkey.detectors.base import Detector
from offkey.runtime.graph import Graph

Clips = NDArray[np.float64]
Agree = Callable[..., Graph]

FORMS: list[dict[str, Any]] = [
    {},
    {"frame_size": 8, "context": 5},
    {"frame_size": 8, "context": 4, "form": "convolutional", "widths": [3, 4]},
    {"frame_size": 8, "context": 3, "distance": "mahalanobis"},
    {"distance": "mahalanobis"},
]


@pytest.mark.parametrize("params", FORMS, ids=str)
def test_scores_are_those_of_python_to_single_precision(agree: Agree, params: dict[str, Any]) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    rng = np.random.default_rng(0)
    clips = (rng.normal(size=(24, 96)) - 40).astype(np.float32).astype(np.float64)
    domains = np.repeat(["source", "target"], [16, 8])
    detector: Detector = create("autoencoder", **{"epochs": 2, "batch_size": 16, "widths": [16], **params})
    agree(detector.fit(clips, domains=domains), clips[:9] + np.float32(0.5), rtol=1e-5)
