from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from offkey.detectors import create


@pytest.mark.parametrize("n", [80, 7])
def test_equals_scikit_learn_with_more_and_with_fewer_clips_than_features(clips, new_clips, n: int) -> None:
    reference = LedoitWolf().fit(clips[:n])
    expected = np.sqrt(reference.mahalanobis(new_clips))
    assert np.allclose(create("mahalanobis").fit(clips[:n]).score(new_clips), expected, rtol=1e-9)


def test_is_a_distance_in_units_of_spread() -> None:
    X = np.random.default_rng(0).normal(size=(5000, 2)) * [1, 10]
    scores = create("mahalanobis").fit(X).score([[3.0, 0.0], [0.0, 30.0]])
    assert np.allclose(scores, 3, rtol=0.05)
