"""Graphs of detectors to which normal clips are ellipsoids."""

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
Agree = Callable[[Detector, Clips], Graph]

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("mahalanobis", {}),
    ("pca_residual", {}),
    ("pca_residual", {"variance": 0.5}),
    ("robust", {}),
    ("robust", {"bands": 6, "n_components": 3}),
    ("gmm", {}),
    ("gmm", {"joined": "component", "n_components": 3}),
    ("gmm", {"covariance_type": "diag", "n_components": 3}),
    ("gmm", {"covariance_type": "diag", "joined": "component"}),
    ("gmm", {"n_components": 1}),
]


def _detector(name: str, params: dict[str, Any]) -> Detector:
    if name in ("gmm", "robust"):
        pytest.importorskip("sklearn")
    return create(name, **params)


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
@pytest.mark.parametrize(("n", "d"), [(60, 10), (12, 30)], ids=["n > d", "n < d"])
def test_scores_are_those_of_python(agree: Agree, name: str, params: dict[str, Any], n: int, d: int) -> None:
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(n, d)) * rng.uniform(0.1, 3, size=d) - 40
    new = np.concatenate([clips[:5], clips[:9] + rng.normal(size=(9, d))])
    agree(_detector(name, params).fit(clips), new)


@pytest.mark.parametrize("name", ["mahalanobis", "pca_residual", "gmm"])
def test_copies_of_one_clip_score_as_in_python(agree: Agree, name: str) -> None:
    clips = np.repeat(np.arange(8.0)[None], 6, axis=0)
    agree(_detector(name, {}).fit(clips), clips + np.linspace(0, 1, 6)[:, None] ** 2)


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
def test_a_clip_counts_to_the_domain_in_which_it_scores_lowest(agree: Agree, name: str, params: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    domains = np.repeat(["source", "target", "third"], [40, 12, 8])
    clips = rng.normal(size=(60, 8)) + 5 * rng.normal(size=(3, 8))[np.repeat([0, 1, 2], [40, 12, 8])]
    detector = _detector(name, params).fit(clips, domains=domains)
    assert len(detector.moves_) == 3  # type: ignore[attr-defined]
    agree(detector, clips[::4] + 0.1)
