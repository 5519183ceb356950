from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from offkey.detectors import create


def test_the_score_is_the_cosine_distance_of_magnitudes_to_the_nearest_clip() -> None:
    rng = np.random.default_rng(0)
    X, new = rng.normal(-60, 8, (40, 12)), rng.normal(-60, 8, (9, 12))
    expected = cdist(10 ** (new / 20), 10 ** (X / 20), "cosine").min(axis=1)
    np.testing.assert_allclose(create("spectral_angle").fit(X).score(new), expected, rtol=1e-9, atol=1e-14)


def test_it_does_not_hear_loudness() -> None:
    X = np.random.default_rng(0).normal(-60, 8, (40, 12))
    detector = create("spectral_angle").fit(X[:30])
    np.testing.assert_allclose(detector.score(X[30:] + 24), detector.score(X[30:]), rtol=1e-9)
    assert detector.score(X[:1] - 40)[0] == pytest.approx(0, abs=1e-12)


def test_a_loud_band_counts_and_a_weak_one_hardly() -> None:
    level = np.full(12, -60.0)
    level[3] = -20
    X = level + np.random.default_rng(0).normal(0, 0.1, (40, 12))
    detector = create("spectral_angle").fit(X)
    loud, weak = level + 0.0, level + 0.0
    loud[7] = -20
    weak[7] = -45
    scores = detector.score(np.stack([level, weak, loud]))
    assert scores[0] < scores[1] < 0.01 < 0.2 < scores[2]
    assert int(np.argmax(detector.contributions(loud).values)) in (3, 7)


def test_levels_of_any_size_give_finite_scores() -> None:
    X = np.random.default_rng(0).normal(-60, 8, (20, 6))
    detector = create("spectral_angle").fit(X)
    assert np.isfinite(detector.score(np.array([[-1e6, 0, 0, 0, 0, 0], [1e6, 1e6, 0, 0, 0, 0]]))).all()
