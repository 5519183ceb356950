from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from offkey.decision.states import Clusters

A_DAY = 17_280


def sounds(states: int, *, apart: float = 10.0, memory: float = 0.9, days: int = 2, seed: int = 0) -> np.ndarray:
    """Return windows of a machine that stays an hour in each state, in dB."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((days * A_DAY, 6)) * np.sqrt(1 - memory**2)
    ways = np.linalg.qr(rng.normal(size=(6, 6)))[0][:states]
    state = np.repeat(rng.permutation(np.arange(24 * days) % states), A_DAY // 24)
    return lfilter([1.0], [1.0, -memory], noise, axis=0) + apart * ways[state] - 40


@pytest.mark.parametrize("memory", [0.0, 0.9, 0.99])
@pytest.mark.parametrize("states", [1, 2, 3, 4])
def test_as_many_groups_are_found_as_there_are(states: int, memory: float) -> None:
    found = Clusters.find(sounds(states, memory=memory))
    assert len(found.reaches) == states


def test_nothing_is_claimed_without_a_clear_separation() -> None:
    assert len(Clusters.find(sounds(3, apart=2.0)).reaches) == 1
    rng = np.random.default_rng(1)
    ramp = sounds(1)
    ramp[:, 0] += rng.uniform(0, 20, len(ramp))
    assert len(Clusters.find(ramp).reaches) == 1
    daily = sounds(1)
    daily[:, 0] += 5 * np.sin(np.arange(len(daily)) / A_DAY * 2 * np.pi)
    assert len(Clusters.find(daily).reaches) == 1


def test_windows_that_lie_between_two_states_join_no_two() -> None:
    rows = sounds(2)
    changes = np.arange(360, len(rows) - 2, 720)
    for step in (0, 1):  # what is half the one state and half the other, at each change
        rows[changes + step] = rows[:720].mean(axis=0) * 0.5 + rows[-720:].mean(axis=0) * 0.5
    assert len(Clusters.find(rows).reaches) == 2


def test_a_window_is_of_the_nearest_group_and_within_its_reach() -> None:
    rows = sounds(2)
    found = Clusters.find(rows)
    groups, distances = found.nearest(rows)
    assert np.bincount(groups).min() > 10_000
    assert (distances > found.reaches[groups]).mean() == pytest.approx(0.001, abs=5e-4)
    assert found.nearest(rows[:1] + 50)[1] > found.reaches.max()
    alone = found.only([1])
    assert set(alone.nearest(rows)[0].tolist()) == {1}


def test_the_same_sounds_give_the_same_groups_whatever_their_unit() -> None:
    rows = sounds(3)
    first, second, third = Clusters.find(rows), Clusters.find(rows), Clusters.find(rows * [1, 100, 1, 1, 0.01, 1])
    np.testing.assert_array_equal(first.centres, second.centres)
    np.testing.assert_array_equal(first.groups, third.groups)


def test_few_and_equal_windows_are_one_group() -> None:
    assert len(Clusters.find(np.zeros((1, 3))).reaches) == 1
    assert len(Clusters.find(np.zeros((100, 3))).reaches) == 1
