"""Graphs of detectors that compare clips in a whitened view, or in groups of bands."""

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
    ("subband_density", {}),
    ("subband_density", {"group": 7, "share": 0.6}),
    ("subband_density", {"frequency_patches": 5, "form": "varmin_log"}),
    ("local_mahalanobis", {}),
    ("local_mahalanobis", {"n_neighbors": 3, "shrinkage": 0.1}),
    ("local_mahalanobis", {"n_neighbors": 1}),
    ("band_agreement", {}),
    ("band_agreement", {"group": 7}),
]


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
@pytest.mark.parametrize(("n", "d"), [(60, 30), (12, 30)], ids=["n > d", "n < d"])
def test_scores_are_those_of_python(agree: Agree, name: str, params: dict[str, Any], n: int, d: int) -> None:
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(n, 5)) @ rng.normal(size=(5, d)) + 0.3 * rng.normal(size=(n, d)) - 40
    agree(create(name, **params).fit(clips), np.concatenate([clips[:5], clips[:9] + rng.normal(size=(9, d))]))


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
def test_a_clip_counts_to_the_domain_in_which_it_scores_lowest(agree: Agree, name: str, params: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    domains = np.repeat(["source", "target"], [40, 12])
    clips = rng.normal(size=(52, 20)) + 5 * rng.normal(size=(2, 20))[np.repeat([0, 1], [40, 12])]
    agree(create(name, **params).fit(clips, domains=domains), clips[::4] + 0.1)


@pytest.mark.parametrize(("name", "params"), FORMS, ids=str)
def test_copies_of_a_clip_score_as_in_python(agree: Agree, name: str, params: dict[str, Any]) -> None:
    clips = np.repeat(np.random.default_rng(2).normal(size=(4, 10)), 5, axis=0)
    agree(create(name, **params).fit(clips), np.concatenate([clips[::5], clips[::5] + 0.01]))
