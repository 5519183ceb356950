from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.errors import ParameterError


def test_mean_distance_to_the_nearest_clips() -> None:
    X = np.array([[0.0], [1.0], [5.0]])
    assert np.allclose(create("knn").fit(X).score([[2.0], [6.0]]), [1, 1])
    assert np.allclose(create("knn", n_neighbors=2).fit(X).score([[2.0], [6.0]]), [1.5, 3])
    assert np.allclose(create("knn", n_neighbors=9).fit(X).score([[2.0]]), [2])


def test_number_of_neighbours_has_a_rule() -> None:
    with pytest.raises(ParameterError, match=r"'n_neighbors' parameter of 'knn' must be an int in the range \[1"):
        create("knn", n_neighbors=0)
