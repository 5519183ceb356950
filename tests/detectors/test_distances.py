from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from offkey.detectors.distances import Cloud, Groups, distances, nearest_others


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


@given(st.integers(0, 99), st.integers(1, 12), st.floats(-6, 6), st.booleans())
def test_nearest_points_and_their_distances_in_units(seed: int, k: int, log_offset: float, in_units: bool) -> None:
    rng = np.random.default_rng(seed)
    points, new = rng.normal(size=(9, 5)) + 10.0**log_offset, rng.normal(size=(4, 5)) + 10.0**log_offset
    units = rng.uniform(0.1, 2, 9) if in_units else None
    expected = np.sort(cdist(new, points) / (1.0 if units is None else units), axis=1)[:, :k]
    found = Cloud(points, units).nearest(new, k)
    assert np.allclose(found.distances, expected, rtol=1e-9, atol=1e-9)
    which = cdist(new, points) / (1.0 if units is None else units)
    assert np.allclose(np.take_along_axis(which, found.rows, axis=1), found.distances, rtol=1e-12)


@given(st.integers(1, 9), st.integers(0, 9))
def test_nearest_distances_are_the_same_to_the_last_bit_alone_and_in_a_batch(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cloud, new = Cloud(rng.normal(size=(60, 50)), rng.uniform(1, 2, 60)), rng.normal(size=(40, 50))
    alone = np.vstack([cloud.nearest(row[None], k).distances for row in new])
    assert (alone == cloud.nearest(new, k).distances).all()


def test_a_point_itself_is_exactly_0_away() -> None:
    points = np.random.default_rng(0).normal(size=(20, 300)) + 1e6
    found = Cloud(points).nearest(points.copy(), 1)
    assert (found.distances == 0).all()
    assert (found.rows[:, 0] == np.arange(20)).all()


@given(st.integers(0, 99), st.integers(1, 6), st.floats(-30, 30))
def test_which_are_nearest_is_sure_where_single_precision_cannot_tell(seed: int, k: int, log_far: float) -> None:
    rng = np.random.default_rng(seed)
    points = np.repeat(rng.normal(size=(20, 3)), 3, axis=0) + 1e-5 * rng.normal(size=(60, 3))
    new = np.vstack([points[:4], points[5] + 1e-6, 10.0**log_far * rng.normal(size=(3, 3))])
    found = Cloud(points).nearest(new, k)
    expected = np.sort(cdist(new, points), axis=1)[:, :k]
    assert np.allclose(found.distances, expected, rtol=1e-12, atol=0)


def test_more_rows_than_are_worked_on_at_a_time() -> None:
    rng = np.random.default_rng(0)
    points, new = rng.normal(size=(700, 3)), rng.normal(size=(800, 3))
    assert np.allclose(Cloud(points).nearest(new, 2).distances, np.sort(cdist(new, points), axis=1)[:, :2])


def test_nearest_others_leave_out_the_point_and_its_group() -> None:
    points = np.array([[0.0], [1.0], [3.0], [10.0]])
    assert np.allclose(nearest_others(points, 2).distances, [[1, 3], [1, 2], [2, 3], [7, 9]])
    grouped = nearest_others(points, 3, np.array([0, 0, 0, 1]))
    assert np.allclose(grouped.distances[:3, 0], [10, 9, 7])
    assert np.isinf(grouped.distances[:3, 1:]).all()
    assert np.allclose(grouped.distances[3], [7, 9, 10])


@given(st.integers(0, 99), st.integers(1, 6), st.integers(1, 400))
def test_a_stack_is_as_many_clouds(seed: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    points, units, new = rng.normal(size=(3, 400, 4)), rng.uniform(1, 2, (3, 400)), rng.normal(size=(3, n, 4))
    together = Cloud(points, units).nearest(new, k)
    for number in range(3):
        alone = Cloud(points[number], units[number]).nearest(new[number], k)
        assert (alone.distances == together.distances[number]).all()
        assert (alone.rows == together.rows[number]).all()


def test_groups_of_columns_are_stacked_narrow_ones_filled_up() -> None:
    X = np.arange(10.0).reshape(2, 5)
    assert Groups([slice(0, 3), slice(3, 5)])(X).tolist() == [[[0, 1, 2], [5, 6, 7]], [[3, 4, 0], [8, 9, 0]]]
