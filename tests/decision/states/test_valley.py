from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.states import SEPARATE, valley


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize(("apart", "is_separate"), [(0, False), (2, False), (3.5, False), (5, True), (8, True)])
def test_two_normal_groups_are_separate_from_four_to_five_deviations_on(
    rng: np.random.Generator, apart: float, is_separate: bool
) -> None:
    depths = [valley(rng.normal(0, 1, 1000), rng.normal(apart, 1, 1000)) for _ in range(10)]
    assert (np.median(depths) <= SEPARATE) == is_separate
    assert all(0 <= depth <= 1 for depth in depths)


def test_halves_of_one_group_have_no_valley(rng: np.random.Generator) -> None:
    for values in (rng.normal(size=2000), rng.uniform(size=2000), rng.exponential(size=2000)):
        half = np.median(values)
        assert valley(values[values < half], values[values >= half]) > 0.5


def test_a_small_group_is_separate_where_the_large_one_does_not_reach_it(rng: np.random.Generator) -> None:
    large = rng.normal(0, 1, 5000)
    assert valley(large, rng.normal(10, 1, 50)) < SEPARATE
    assert valley(large, rng.normal(2, 1, 50)) > SEPARATE


def test_the_order_and_the_unit_do_not_matter(rng: np.random.Generator) -> None:
    low, high = rng.normal(0, 1, 500), rng.normal(4, 1, 500)
    depth = valley(low, high)
    assert valley(high, low) == depth
    assert valley(1000 * low, 1000 * high) == pytest.approx(depth, rel=1e-6)


def test_groups_of_equal_values_are_handled() -> None:
    assert valley(np.zeros(10), np.zeros(10)) == 1.0
    assert valley(np.zeros(10), np.ones(10)) == pytest.approx(0.0, abs=1e-9)
