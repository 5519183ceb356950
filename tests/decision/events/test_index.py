from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import Blocks, HealthIndex

BLOCK_S = 600.0


@pytest.fixture
def normal() -> np.ndarray:
    return np.random.default_rng(0).normal(1.0, 0.1, 500)


def fed(normal: np.ndarray, means: np.ndarray) -> HealthIndex:
    index = HealthIndex(Blocks(normal), BLOCK_S)
    for number, mean in enumerate(means, 1):
        index.feed(number * BLOCK_S, mean)
    return index


def test_a_normal_machine_is_near_100_and_one_that_is_wrong_all_day_at_0(normal: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    usual = fed(normal, rng.normal(1.0, 0.1, 144))
    assert usual.value == pytest.approx(99.7, abs=0.3)
    assert usual.shift == pytest.approx(0.0, abs=0.15)
    worn = fed(normal, rng.normal(1.25, 0.1, 144))
    assert 60 < (worn.value or 0) < 85
    assert worn.shift == pytest.approx(1.5, abs=0.2)
    assert fed(normal, np.full(144, 9.0)).value == 0.0


def test_it_is_of_the_last_day_alone(normal: np.ndarray) -> None:
    index = fed(normal, np.append(np.full(144, 9.0), np.full(144, 1.0)))
    assert (index.value, index.days) == (100.0, 1.0)


def test_it_says_nothing_of_fewer_than_20_blocks(normal: np.ndarray) -> None:
    assert fed(normal, np.full(19, 1.0)).value is None
    assert fed(normal, np.append(np.full(19, 1.0), np.full(100, np.nan))).shift is None
    slow = HealthIndex(Blocks(normal), 7200.0)  # of which a day has 12
    for number in range(1, 41):
        slow.feed(number * 7200.0, 1.0)
    assert slow.days == pytest.approx(20 / 12)
    assert slow.value == 100.0


def test_normal_blocks_that_are_all_equal_are_handled() -> None:
    assert fed(np.ones(50), np.ones(30)).value == 100.0
    assert fed(np.ones(50), np.full(30, 1.1)).value == 0.0
