from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.events import LEAST_BLOCKS, Blocks, SlowPath, block_means
from offkey.decision.events.slow_path import mean_e_bound
from offkey.errors import ParameterError


def test_blocks_are_whole_and_at_least_half_known() -> None:
    values = [1, 2, 3, np.nan, np.nan, 5, np.nan, np.nan, np.nan, 9]
    np.testing.assert_array_equal(block_means(values, 3), [2.0, np.nan, np.nan])
    np.testing.assert_array_equal(block_means(values, 2), [1.5, 3.0, 5.0, np.nan, 9.0])


def test_p_values_count_the_normal_blocks_at_or_above() -> None:
    blocks = Blocks(np.arange(20.0))
    np.testing.assert_allclose(blocks.p_values([-1.0, 0.0, 19.0, 30.0, np.nan]), [1.0, 1.0, 2 / 21, 1 / 21, np.nan])
    np.testing.assert_allclose(blocks.own_p_values(), np.arange(20, 0, -1) / 20)
    with pytest.raises(ParameterError, match=rf"fewer than {LEAST_BLOCKS} blocks of normal sound\. Got 19"):
        Blocks([*np.arange(19.0), np.nan])


def test_false_alarms_lie_as_far_apart_as_promised() -> None:
    rng = np.random.default_rng(0)
    times = []
    for _ in range(200):
        path, number = SlowPath(100), 1
        while not path.feed(float(rng.uniform())):
            number += 1
        times.append(number)
    assert np.mean(times) > 100


def test_a_lucky_shadow_does_not_bring_false_alarms_sooner_than_promised() -> None:
    """All blocks are compared with one shadow: where it is short, plain p-values bring alarms too soon for some."""
    rng = np.random.default_rng(0)
    plain, bounded = [], []
    for _ in range(60):
        shadow = rng.standard_normal(60)
        own = Blocks(shadow).own_p_values()
        new = Blocks(shadow).p_values(rng.standard_normal(3000))
        plain.append(len(SlowPath(100).alarms(new)) / 30)
        bounded.append(len(SlowPath(100, mean_e_bound(own)).alarms(new)) / 30)
    assert np.mean(np.array(plain) > 1) > 2 * np.mean(np.array(bounded) > 1)
    assert np.mean(np.array(bounded) > 1) <= 0.05


def test_blocks_that_depend_on_each_other_count_for_less() -> None:
    ranks = np.random.default_rng(0).permutation(400) + 1
    mixed, sorted_by_tens = ranks / 400, np.repeat(ranks[:40], 10) / 400
    assert 1 < mean_e_bound(mixed) < mean_e_bound(sorted_by_tens)
    assert mean_e_bound([*mixed, np.nan]) == pytest.approx(mean_e_bound(mixed), abs=0.01)


def test_a_lasting_change_is_one_alarm_until_it_is_over() -> None:
    rng = np.random.default_rng(1)
    path = SlowPath(200)
    assert path.alarms(rng.uniform(0.2, 1, 50)) == []
    assert len(path.alarms(rng.uniform(0, 0.05, 30))) == 1
    assert path.alarmed
    assert path.alarms([0.6, 0.9, 0.1, 0.6, 0.7, 0.8]) == []
    assert not path.alarmed
    assert len(path.alarms([0.01, np.nan, 0.01, 0.01, 0.01])) == 1


def test_alarms_in_every_block_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"more than one block apart\. Got 1 instead"):
        SlowPath(1)
