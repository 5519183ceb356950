from __future__ import annotations

import numpy as np

from offkey.detectors.distances import distances


def test_distances_between_rows() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [6.0, 8.0], [0.0, 1.0]])
    assert np.allclose(distances(a, b), [[0, 10, 1], [5, 5, np.sqrt(18)]])


def test_equal_rows_are_exactly_0_apart() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 300)) + 1e6
    assert (np.diag(distances(rows, rows.copy())) == 0).all()
