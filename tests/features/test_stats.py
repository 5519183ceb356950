from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from offkey.features import create
from offkey.features.stats import FRAME_STATISTICS

RATE = 16_000


def _mean(samples: np.ndarray) -> dict[str, float]:
    """The clip's means of the frame statistics, by name."""
    vector = create("stats").vector(samples.astype(np.float32), RATE)
    return dict(zip(FRAME_STATISTICS, vector.tolist(), strict=False))


def test_a_sine_has_the_known_figures() -> None:
    t = np.arange(RATE) / RATE
    found = _mean(0.5 * np.sin(2 * np.pi * 1000 * t))
    assert found["rms_db"] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)
    assert found["crest_db"] == pytest.approx(3.01, abs=0.05)
    assert found["kurtosis"] == pytest.approx(-1.5, abs=0.01)
    assert found["zero_crossings"] == pytest.approx(2 * 1000 / RATE, rel=0.02)
    assert found["centroid_hz"] == pytest.approx(1000, abs=5)
    assert found["roll_off_hz"] == pytest.approx(1000, abs=20)


def test_white_noise_has_the_known_figures() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(10 * RATE)
    found = _mean(noise)
    assert found["kurtosis"] == pytest.approx(0, abs=0.1)
    assert found["centroid_hz"] == pytest.approx(4000, rel=0.02)
    assert found["bandwidth_hz"] == pytest.approx(8000 / np.sqrt(12), rel=0.03)
    assert found["roll_off_hz"] == pytest.approx(0.85 * 8000, rel=0.03)
    assert found["flatness_db"] == pytest.approx(-2.5, abs=0.3)  # 10 log10(e ** -0.577) for noise


def test_kurtosis_is_that_of_scipy() -> None:
    sound = np.random.default_rng(1).laplace(size=1024)
    assert _mean(sound)["kurtosis"] == pytest.approx(stats.kurtosis(sound), rel=1e-4)


def test_clicks_raise_crest_and_kurtosis(hum) -> None:
    clicking = hum().copy()
    clicking[::1600] += 0.8
    before, after = _mean(hum()), _mean(clicking)
    assert after["crest_db"] > before["crest_db"] + 3
    assert after["kurtosis"] > before["kurtosis"] + 3


def test_every_number_has_a_name(hum) -> None:
    front_end = create("stats")
    assert len(front_end.feature_names(RATE)) == len(front_end.vector(hum(), RATE)) == 40
    assert len(set(front_end.feature_names(RATE))) == 40
