from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.decision import ByLength, Calibration
from offkey.errors import ParameterError

SHARES = np.array([1.0, 0.5, 0.25])


def _known(n: int = 200, seed: int = 0) -> ByLength:
    """What clips score whose scores rise and scatter more, the shorter they are."""
    rng = np.random.default_rng(seed)
    return ByLength.of(SHARES, np.array([rng.gamma(3, 1 / share, n) + 1 / share for share in SHARES]))


@settings(deadline=None, max_examples=50)
@given(share=st.sampled_from([0.5, 0.25]), alpha=st.floats(0.02, 0.5), seed=st.integers(0, 99))
def test_shorter_clips_exceed_a_threshold_as_often_as_clips_of_their_length_do(
    share: float, alpha: float, seed: int
) -> None:
    known = _known(seed=seed)
    calibration, own = (Calibration(known.scores[row]) for row in (0, int(np.flatnonzero(share == SHARES)[0])))
    new = np.random.default_rng([seed, 1]).gamma(3, 1 / share, 500) + 1 / share
    equated = known.equated(new, np.full(500, share))
    np.testing.assert_allclose(calibration.p_values(equated), own.p_values(new))
    assert (np.argsort(equated) == np.argsort(new)).all()
    if alpha > calibration.least_rate:
        exceeds = equated > calibration.threshold(alpha).value
        np.testing.assert_array_equal(exceeds, new > own.threshold(alpha).value)


def test_the_usual_length_and_more_change_nothing_and_less_than_known_is_the_least_known() -> None:
    known, scores = _known(), np.linspace(0, 30, 40)
    np.testing.assert_array_equal(known.equated(scores, np.linspace(1, 9, 40)), scores)
    np.testing.assert_array_equal(known.equated(scores, np.full(40, 0.01)), known.equated(scores, np.full(40, 0.25)))
    assert known.least_share == 0.25


def test_between_two_lengths_scores_lie_between() -> None:
    known = _known()
    half, between, quarter = (known.equated(np.array([9.0]), np.array([share])) for share in (0.5, 0.35, 0.25))
    assert half > between > quarter


@pytest.mark.parametrize(
    ("shares", "scores"),
    [
        ([1.0], [[1.0, 2.0]]),
        ([0.5, 1.0], [[1.0, 2.0]] * 2),
        ([1.0, 0.5], [[1.0, 2.0]]),
        ([1.0, 0.5], [[1.0, np.nan]] * 2),
        ([1.0, 0.5], [[2.0, 1.0]] * 2),
        ([1.0, 0.0], [[1.0, 2.0]] * 2),
        ([1.0, 0.5], [[], []]),
    ],
)
def test_what_a_file_may_not_say_is_refused(shares: list[float], scores: list[list[float]]) -> None:
    with pytest.raises(ParameterError, match="for each share from 1 down"):
        ByLength(np.array(shares), np.array(scores))
