from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from offkey.decision import GammaTail


@pytest.mark.parametrize("shape", [0.7, 2.0, 5.0, 30.0])
def test_a_gamma_distribution_is_found_again(shape: float) -> None:
    truth = stats.gamma(shape, loc=-3, scale=2)
    tail = GammaTail.fit(truth.ppf((np.arange(20_000) + 0.5) / 20_000))
    assert tail.shape == pytest.approx(shape, rel=0.05)
    for exceedance in (0.1, 0.01, 0.001):
        assert tail.quantile(exceedance) == pytest.approx(truth.isf(exceedance), rel=0.02)


def test_quantile_and_exceedance_are_inverse_and_those_of_scipy() -> None:
    tail = GammaTail(shape=3.0, scale=2.0, location=-1.0)
    theirs = stats.gamma(3.0, loc=-1.0, scale=2.0)
    for exceedance in (0.5, 0.01, 1e-6):
        assert tail.exceedance(tail.quantile(exceedance)) == pytest.approx(exceedance)
        assert tail.quantile(exceedance) == pytest.approx(theirs.isf(exceedance))
    assert tail.exceedance(-2.0) == 1.0


@pytest.mark.parametrize("scores", [[5.0] * 10, [0.0] * 4, [1.0, 1.0, 1.0 + 1e-15]])
def test_equal_scores_give_a_tail_at_once_behind_them(scores: list[float]) -> None:
    tail = GammaTail.fit(np.array(scores))
    assert tail.quantile(0.001) == pytest.approx(scores[0], abs=1e-6)


def test_scores_skewed_to_the_left_get_a_nearly_normal_tail() -> None:
    scores = -stats.gamma(2.0).ppf((np.arange(1000) + 0.5) / 1000)
    assert GammaTail.fit(scores).quantile(0.01) > np.quantile(scores, 0.99)


def test_nothing_exceeds_a_score_that_lies_beyond_all_numbers_in_units_of_the_scale() -> None:
    assert GammaTail(shape=265.0, scale=2e-309, location=-6e-307).exceedances([-1.0, 1.0]).tolist() == [1.0, 0.0]
