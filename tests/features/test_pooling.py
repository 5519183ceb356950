from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from offkey.features.pooling import pool

FRAMES = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.floats(-100, 100, width=32))


@given(FRAMES)
def test_the_rows_are_mean_maximum_deviation_and_change(frames: np.ndarray) -> None:
    mean, maximum, deviation, change = pool(frames, [1.0, 0.0], deviation=True, change=True)
    np.testing.assert_allclose(mean, frames.mean(axis=1), atol=1e-3)
    np.testing.assert_allclose(maximum, frames.max(axis=1), atol=1e-5)
    np.testing.assert_allclose(deviation, frames.std(axis=1), atol=1e-3)
    steps = np.abs(np.diff(frames, axis=1))
    np.testing.assert_allclose(change, steps.mean(axis=1) if steps.size else 0, atol=1e-3)


@given(FRAMES, st.floats(0, 1))
def test_smaller_weights_lie_nearer_to_the_maximum(frames: np.ndarray, r: float) -> None:
    smaller, larger = pool(frames, [r / 2, r])
    assert (smaller >= larger - 1e-3).all()
    assert (smaller <= frames.max(axis=1) + 1e-3).all()


def test_the_weights_are_those_of_the_paper() -> None:
    frames = np.array([[2.0, 8.0, 4.0]], np.float32)
    expected = (8 + 0.5 * 4 + 0.25 * 2) / 1.75
    assert pool(frames, [0.5])[0, 0] == pytest.approx(expected)
