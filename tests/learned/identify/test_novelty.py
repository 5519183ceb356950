from __future__ import annotations

import numpy as np
import pytest

from offkey.learned.identify.novelty import Novelty


def _clips(n: int, shift: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, 6)) + shift


def _fitted(n_held_out: int = 99) -> Novelty:
    y, y_held_out = np.repeat([0, 1], 200), np.repeat([0, 1], n_held_out)
    train = np.concatenate([_clips(200, 0, 1), _clips(200, 5, 2)])
    return Novelty.fit(train, y, np.concatenate([_clips(n_held_out, 0, 3), _clips(n_held_out, 5, 4)]), y_held_out)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_clips_of_a_type_are_far_as_often_as_promised(rate: float) -> None:
    novelty = _fitted()
    p_values, far = novelty.judge(_clips(2000, 5, 5), np.ones(2000, int), rate)
    assert far.mean() == pytest.approx(rate, abs=0.05)
    np.testing.assert_array_equal(far, p_values <= rate + 1e-9)


def test_what_is_of_no_type_is_far_and_each_type_has_its_own_measure() -> None:
    novelty = _fitted()
    assert novelty.judge(_clips(50, -5, 6), np.zeros(50, int), 0.05)[1].all()
    assert novelty.judge(_clips(50, 5, 7), np.zeros(50, int), 0.05)[1].all()
    assert novelty.judge(_clips(50, 5, 7), np.ones(50, int), 0.05)[1].mean() < 0.2


def test_few_held_out_clips_still_find_what_is_far_off() -> None:
    p_values, far = _fitted(3).judge(_clips(20, -40, 8), np.zeros(20, int), 0.01)
    assert far.all()  # by the extrapolated threshold
    assert p_values.min() == 0.25  # which is all that three clips can promise


def test_it_comes_back_from_its_state() -> None:
    novelty, X = _fitted(), _clips(20, 2, 9)
    called = np.arange(20) % 2
    again = Novelty.from_state(novelty.state())
    for one, other in zip(again.judge(X, called, 0.1), novelty.judge(X, called, 0.1), strict=True):
        np.testing.assert_array_equal(one, other)
