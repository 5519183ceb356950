from __future__ import annotations

import numpy as np

from offkey.detectors import create

X = np.array([[0.0], [1.0], [3.0], [10.0]])  # mean distances to their two nearest: 2, 1.5, 2.5, 8


def test_ratio_and_difference_by_hand() -> None:
    new = [[2.0], [20.0]]
    ratio = create("local_density", n_neighbors=2).fit(X)
    assert np.allclose(ratio.radius_, [2, 1.5, 2.5, 8])
    assert np.allclose(ratio.score(new), [1 / 2.5, 10 / 8])
    difference = create("local_density", n_neighbors=2, form="difference").fit(X)
    assert np.allclose(difference.score(new), [1 - 2.5, 10 - 8])


def test_a_sparse_domain_is_not_called_anomalous_for_being_sparse() -> None:
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(200, 5)), 8 * rng.normal(size=(30, 5)) + 100
    new_source, new_target = rng.normal(size=(50, 5)), 8 * rng.normal(size=(50, 5)) + 100
    both = np.vstack([source, target])
    plain, local = create("knn").fit(both), create("local_density").fit(both)
    assert np.median(plain.score(new_target)) > 3 * np.median(plain.score(new_source))
    assert np.median(local.score(new_target)) < 1.5 * np.median(local.score(new_source))


def test_ratio_does_not_depend_on_scale_or_offset(clips, new_clips) -> None:
    plain = create("local_density").fit(clips).score(new_clips)
    scaled = create("local_density").fit(4.34 * clips - 100).score(4.34 * new_clips - 100)
    assert np.allclose(plain, scaled, rtol=1e-9)
