from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from offkey.decision.events import correlation_time


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9, 0.98])
def test_that_of_an_autoregressive_series_is_known(memory: float) -> None:
    """(1 + phi) / (1 - phi)."""
    series = lfilter([1.0], [1.0, -memory], np.random.default_rng(0).standard_normal(200_000))
    assert correlation_time(series) == pytest.approx((1 + memory) / (1 - memory), rel=0.1)


def test_a_weak_dependence_over_hours_is_seen_through_the_noise_of_single_windows() -> None:
    """Load moves by half a standard deviation twice a day: 0.06 of the variance, over thousands of windows."""
    day = 17_280
    load = 0.5 * (np.sin(2 * np.pi * np.arange(3 * day) / day) > 0.3)
    found = []
    for seed in range(20):
        noise = np.random.default_rng(seed).standard_normal(3 * day) * np.sqrt(1 - 0.9**2)
        found.append(correlation_time(lfilter([1.0], [1.0, -0.9], noise) + load))
    assert min(found) > 120
    assert max(found) < 400


def test_gaps_change_little() -> None:
    rng = np.random.default_rng(1)
    series = lfilter([1.0], [1.0, -0.9], rng.standard_normal(100_000))
    series[rng.random(100_000) < 0.2] = np.nan
    assert correlation_time(series) == pytest.approx(19, rel=0.15)


@pytest.mark.parametrize("values", [[], [1.0], [2.0] * 50, [np.nan] * 9, [0.0, 1.0] * 40])
def test_it_is_never_below_one(values: list[float]) -> None:
    assert correlation_time(values) == 1.0
