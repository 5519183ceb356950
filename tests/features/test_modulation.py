from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.features.modulation import RANGES_HZ, SWINGS, modulation

RATE_HZ = 31.25


def _levels(n: int = 311) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(16, n)).astype(np.float32)


@given(st.floats(0.5, 14))
def test_a_beat_shows_at_its_rate_in_its_group(rate_hz: float) -> None:
    levels = _levels()
    levels[3] += 6 * np.sin(2 * np.pi * rate_hz * np.arange(311) / RATE_HZ)
    raised = modulation(levels, RATE_HZ) - modulation(_levels(), RATE_HZ)
    assert not np.delete(raised, 3, axis=1).any()
    low_hz, high_hz = RANGES_HZ[int(raised[:, 3].argmax())]
    assert 0.9 * low_hz < rate_hz < 1.1 * high_hz
    assert raised[:, 3].max() > 8


def test_a_spectrum_filled_up_with_zeros_has_nearly_the_same_power() -> None:
    away = modulation(_levels(), RATE_HZ) - modulation(_levels(), RATE_HZ, n_fft=311)
    assert np.abs(away[3:]).max() < 2  # the slowest ranges hold but few frequencies
    assert np.abs(away).mean() < 0.5


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_short_sounds_have_one_too_and_their_mean_does_not_matter(n: int) -> None:
    found = modulation(_levels(n), RATE_HZ)
    assert found.shape == (len(SWINGS), 16)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(modulation(_levels(n) + np.float32(30), RATE_HZ), found, atol=1e-2)
