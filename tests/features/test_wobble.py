from __future__ import annotations

import numpy as np
import pytest

from offkey.features import create
from offkey.features.wobble import WOBBLES, balances, wobble, wobble_range_hz

RATE = 16_000
RATE_HZ = 31.25


def _tone(share: float, waver_hz: float = 1.3) -> np.ndarray:
    """Return a tone at 1.5 kHz in noise, whose pitch wavers by a share of itself."""
    t = np.arange(10 * RATE) / RATE
    phase = 2 * np.pi * 1500 * (t + share / (2 * np.pi * waver_hz) * np.sin(2 * np.pi * waver_hz * t))
    noise = np.random.default_rng(0).normal(0, 0.01, len(t))
    return (0.1 * np.sin(phase) + noise).astype(np.float32)


@pytest.mark.parametrize("waver_hz", [0.8, 1.3, 2.0, 3.0])
def test_a_pitch_that_wobbles_shows_at_its_rate(waver_hz: float) -> None:
    front_end = create("logmel", wobble=True)
    steady, wavering = (front_end.vector(_tone(share, waver_hz), RATE)[-len(WOBBLES) :] for share in (0.0, 0.03))
    name = WOBBLES[int((wavering - steady).argmax())]
    low_hz, high_hz = wobble_range_hz(name)
    assert (wavering - steady).max() > 0.5
    assert 0.9 * low_hz < waver_hz < 1.1 * high_hz
    assert front_end.feature_names(RATE)[-len(WOBBLES) :] == list(WOBBLES)


def test_neither_level_nor_beats_of_all_bands_matter_to_a_balance() -> None:
    frames = np.random.default_rng(0).normal(size=(128, 311)).astype(np.float32)
    beat = 6 * np.sin(np.arange(311) / 5).astype(np.float32)
    np.testing.assert_allclose(balances(frames + beat + 20), balances(frames), atol=1e-4)


@pytest.mark.parametrize("n_bands", [8, 20, 128])
def test_few_bands_have_numbers_too(n_bands: int) -> None:
    frames = np.random.default_rng(0).normal(size=(n_bands, 100)).astype(np.float32)
    found = wobble(frames, RATE_HZ)
    assert found.shape == (len(WOBBLES),)
    assert np.isfinite(found).all()
