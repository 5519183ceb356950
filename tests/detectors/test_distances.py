from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from offkey.detectors.distances import distances, least


def test_distances_between_rows() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [6.0, 8.0], [0.0, 1.0]])
    assert np.allclose(distances(a, b), [[0, 10, 1], [5, 5, np.sqrt(18)]])


def test_equal_rows_are_exactly_0_apart() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 300)) + 1e6
    assert (np.diag(distances(rows, rows.copy())) == 0).all()


@given(st.integers(0, 99), st.floats(-8, 8), st.floats(-6, 6))
def test_equal_to_ten_digits_to_distances_from_differences(seed: int, log_near: float, log_offset: float) -> None:
    rng = np.random.default_rng(seed)
    b = rng.normal(size=(30, 7))
    near = b[:10] + 10.0 ** -abs(log_near) * rng.normal(size=(10, 7))
    a = np.vstack([near, rng.normal(size=(5, 7)) * 10.0**log_near])
    offset = 10.0**log_offset
    expected = cdist(a + offset, b + offset)
    assert np.allclose(distances(a + offset, b + offset), expected, rtol=1e-9, atol=1e-15 * (1 + offset))


def test_a_row_alone_is_as_far_as_in_a_batch() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(40, 50)), rng.normal(size=(60, 50))
    alone = np.vstack([distances(row[None], b) for row in a])
    assert np.allclose(alone, distances(a, b), rtol=1e-12)


def test_least_values_of_rows() -> None:
    values = np.array([[3.0, 1.0, 2.0], [5.0, 6.0, 4.0]])
    assert np.allclose(least(values, 1), [[1], [4]])
    assert np.allclose(np.sort(least(values, 2), axis=1), [[1, 2], [4, 5]])
    assert least(values, 9).shape == (2, 3)
