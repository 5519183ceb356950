"""Graphs of detectors that compare with the training clips most alike."""

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
    ("knn", {}),
    ("knn", {"n_neighbors": 3}),
    ("knn", {"n_neighbors": 1000}),
    ("local_density", {}),
    ("local_density", {"form": "difference"}),
    ("local_density", {"form": "varmin"}),
    ("local_density", {"form": "varmin_log"}),
    ("local_density", {"exit_quantile": 0.04}),
    ("spectral_angle", {}),
    ("lof", {}),
    ("ocsvm", {}),
]


def _detector(name: str, params: dict[str, Any]) -> Detector:
    if name == "ocsvm":
        pytest.importorskip("sklearn")
    return create(name, **params)


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
@pytest.mark.parametrize(("n", "d"), [(60, 10), (12, 30)], ids=["n > d", "n < d"])
def test_scores_are_those_of_python(agree: Agree, name: str, params: dict[str, Any], n: int, d: int) -> None:
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(n, d)) * rng.uniform(0.1, 3, size=d) - 40
    agree(_detector(name, params).fit(clips), np.concatenate([clips[:5], clips[:9] + rng.normal(size=(9, d))]))


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
def test_a_clip_counts_to_the_domain_in_which_it_scores_lowest(agree: Agree, name: str, params: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    domains = np.repeat(["source", "target"], [40, 12])
    clips = rng.normal(size=(52, 8)) + 5 * rng.normal(size=(2, 8))[np.repeat([0, 1], [40, 12])]
    agree(_detector(name, params).fit(clips, domains=domains), clips[::4] + 0.1)


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
def test_copies_of_a_clip_score_as_in_python(agree: Agree, name: str, params: dict[str, Any]) -> None:
    clips = np.repeat(np.random.default_rng(2).normal(size=(4, 6)), 5, axis=0)
    agree(_detector(name, params).fit(clips), np.concatenate([clips[::5], clips[::5] + 0.01]))


@pytest.mark.parametrize("name", ["knn", "local_density"])
def test_far_from_zero_no_digit_is_lost(agree: Agree, name: str) -> None:
    rng = np.random.default_rng(3)
    clips = rng.normal(size=(50, 6)) + 1e6
    detector = create(name).fit(clips)
    agree(detector, clips[:10] + 1e-3 * rng.normal(size=(10, 6)))
    agree(detector, clips[:10])
    assert detector.score(clips).max() == 0
