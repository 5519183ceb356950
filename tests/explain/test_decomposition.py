from __future__ import annotations

import numpy as np
import pytest

from offkey import detectors
from offkey.explain.decomposition import decompose

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 24)) @ RNG.standard_normal((24, 24))
CLIP = X.mean(axis=0) + 9 * np.eye(24)[5] * X.std(axis=0)[5]


@pytest.mark.parametrize("domains", [None, np.repeat(["source", "target"], [45, 15])])
@pytest.mark.parametrize("name", ["mahalanobis", "pca_residual", "knn"])
def test_the_contributions_of_distances_add_up_to_their_square(name: str, domains) -> None:
    detector = detectors.create(name).fit(X, domains=domains)
    found = decompose(detector, CLIP)
    assert found is not None
    assert "squared" in found[1]
    assert found[0].sum() == pytest.approx(detector.score(CLIP[None])[0] ** 2)


@pytest.mark.parametrize(("name", "params"), [("band_agreement", {}), ("subband_density", {"group": 3, "share": 0.5})])
def test_those_of_groups_add_up_to_the_score(name: str, params: dict[str, float]) -> None:
    detector = detectors.create(name, **params).fit(X)
    found = decompose(detector, CLIP)
    assert found is not None
    assert found[0].sum() == pytest.approx(detector.score(CLIP[None])[0])


@pytest.mark.parametrize(("kind", "clips"), [("full", 60), ("diag", 60), ("full", 12)])
def test_those_of_one_component_add_up_to_the_score_but_for_a_constant(kind: str, clips: int) -> None:
    detector = detectors.create("gmm", n_components=1, covariance_type=kind).fit(X[:clips])
    differences = []
    for clip in (CLIP, X[0]):
        found = decompose(detector, clip)
        assert found is not None
        differences.append(detector.score(clip[None])[0] - found[0].sum() / 2)
    assert differences[0] == pytest.approx(differences[1])


@pytest.mark.parametrize(("name", "params"), [("fused", {}), ("lof", {}), ("knn", {"n_neighbors": 3})])
def test_others_have_none(name: str, params: dict[str, int]) -> None:
    assert decompose(detectors.create(name, **params).fit(X), CLIP) is None


def test_the_feature_that_deviates_contributes_most() -> None:
    found = decompose(detectors.create("knn").fit(X), CLIP)
    assert found is not None
    assert int(np.argmax(found[0])) == 5
