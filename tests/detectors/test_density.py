from __future__ import annotations

import numpy as np

from offkey.detectors.density import floored, local_radius

X = np.array([[0.0], [1.0], [3.0], [10.0]])


def test_radius_is_the_mean_distance_to_the_nearest_others() -> None:
    assert np.allclose(local_radius(X, 2), [2, 1.5, 2.5, 8])
    assert np.allclose(local_radius(X, 9), [14 / 3, 4, 4, 26 / 3])


def test_numbers_to_divide_by_are_never_0() -> None:
    assert np.allclose(floored(np.array([0.0, 1.0, 3.0])), [4e-3 / 3, 1, 3])
    assert (floored(np.zeros(3)) == 1).all()
    assert np.allclose(floored(np.array([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]])), [[4e-3 / 3, 1, 3], [1, 1, 1]])
