from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from offkey.detectors.moments import Moments
from offkey.errors import ParameterError

clips = arrays(np.float32, st.tuples(st.integers(4, 30), st.integers(1, 5)), elements=st.floats(-100, 100, width=32))


def _is_near(found: Moments, expected: Moments) -> None:
    """Compare, allowing for rounding in units of how far clips may lie from zero."""
    assert found.count == expected.count
    size = found.count * 200.0
    assert np.allclose(found.mean, expected.mean, rtol=0, atol=1e-11 * size)
    assert np.allclose(found.scatter, expected.scatter, rtol=1e-10, atol=1e-13 * size**2)
    assert np.allclose(found.third, expected.third, rtol=1e-10, atol=1e-13 * size**3)
    assert np.allclose(found.fourth, expected.fourth, rtol=1e-10, atol=1e-13 * size**4)


def test_are_what_they_are_called() -> None:
    X = np.random.default_rng(0).normal(size=(50, 3)) * [1, 2, 3] + 7
    y = X - X.mean(axis=0)
    moments = Moments.of(X)
    assert np.allclose(moments.scatter / 50, np.cov(X.T, bias=True))
    assert np.allclose(moments.variance, X.var(axis=0))
    assert np.allclose(moments.third, np.einsum("ij,ij,ik->jk", y, y, y))
    assert np.allclose(moments.fourth, np.einsum("ij,ij,ik,ik->jk", y, y, y, y))


@settings(deadline=None)
@given(X=clips, cuts=st.lists(st.integers(1, 3), max_size=3, unique=True), seed=st.integers(0, 99))
def test_merged_they_are_those_of_all_clips_in_any_grouping_and_order(
    X: np.ndarray, cuts: list[int], seed: int
) -> None:
    parts = np.split(X, sorted(cuts))
    np.random.default_rng(seed).shuffle(parts)
    first, *others = [Moments.of(part) for part in parts]
    _is_near(Moments.merged([first, *others]), Moments.of(X))
    if others:
        _is_near(first.plus(Moments.merged(others)), Moments.of(X))


@settings(deadline=None)
@given(X=clips, taken=st.integers(1, 3))
def test_without_some_clips_they_are_those_of_the_others(X: np.ndarray, taken: int) -> None:
    _is_near(Moments.of(X).minus(Moments.of(X[:taken])), Moments.of(X[taken:]))
    with pytest.raises(ParameterError, match="one at least must be left"):
        Moments.of(X).minus(Moments.of(X))


@settings(deadline=None)
@given(X=clips, by=st.floats(0.125, 8, width=16), value=st.floats(-100, 100, width=32))
def test_moving_and_scaling_move_and_scale_the_clips(X: np.ndarray, by: float, value: float) -> None:
    X = X.astype(np.float64)
    factors = by + np.arange(X.shape[1]) / 8
    moved = Moments.of(X).moved(np.full(X.shape[1], value)).scaled(factors)
    expected = Moments.of((X + value) * factors)
    _is_near(moved.scaled(1 / factors), expected.scaled(1 / factors))


@settings(deadline=None)
@given(value=st.floats(-1e6, 1e6, width=32), n=st.integers(1, 50), m=st.integers(1, 50))
def test_a_feature_that_never_varies_has_no_variance_in_the_last_digit_either(value: float, n: int, m: int) -> None:
    parts = [np.full((size, 1), value, np.float32) for size in (n, m)]
    merged = Moments.merged(map(Moments.of, parts))
    assert merged.variance.tolist() == [0.0]
    assert merged.mean.tolist() == [value]
