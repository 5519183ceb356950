from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from offkey.features.timbre import MEASURES, measure_timbre
from offkey.features.timbre.loudness import a_weighted_level
from offkey.features.timbre.spectra import bark, fine_spectra
from offkey.features.timbre.tonality import critical_bandwidth_hz

RATE = 16_000
T = np.arange(2 * RATE) / RATE
NOISE = 0.05 * np.random.default_rng(0).standard_normal(len(T))


def _measured(sound: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(MEASURES, measure_timbre(sound.astype(np.float32), RATE).tolist(), strict=True))


def _tone(hz: float, amplitude: float = 0.1) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * hz * T)


def test_power_of_the_bins_adds_up_to_the_mean_square() -> None:
    _, power = fine_spectra(NOISE.astype(np.float32), RATE)
    assert power.sum(axis=1).mean() == pytest.approx(np.mean(NOISE**2), rel=0.03)


@pytest.mark.parametrize(("hz", "weight_db"), [(100, -19.1), (1000, 0.0), (2500, 1.3), (6300, -0.1)])
def test_a_weighting_is_that_of_the_standard(hz: float, weight_db: float) -> None:
    level = a_weighted_level(np.array([float(hz)]), np.array([1.0]))
    assert level == pytest.approx(weight_db, abs=0.06)  # IEC 61672-1, table 3, to a tenth


def test_the_bark_scale_is_that_of_zwicker() -> None:
    assert bark([100, 510, 1000, 4000]) == pytest.approx([1, 5, 8.5, 17.3], abs=0.2)


def test_the_critical_band_is_that_of_the_standard() -> None:
    assert critical_bandwidth_hz(np.array([1000.0])) == pytest.approx(162, abs=1)  # ECMA-74, annex D


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 0.9))
def test_only_loudness_depends_on_the_level(gain: float) -> None:
    whole, soft = _measured(NOISE + _tone(1500)), _measured(gain * (NOISE + _tone(1500)))
    assert soft["loudness"] == pytest.approx(whole["loudness"] + 20 * np.log10(gain), abs=0.01)
    for name in ("sharpness", "roughness", "tonality", "impulsiveness"):
        assert soft[name] == pytest.approx(whole[name], rel=1e-3, abs=1e-3)


def test_higher_is_sharper() -> None:
    assert _measured(_tone(5000))["sharpness"] > 2 * _measured(_tone(1000))["sharpness"]
    assert _measured(_tone(1000))["sharpness"] == pytest.approx(0.94, abs=0.05)  # 8.5 Bark x 0.11


def test_modulation_at_70_hz_is_rough_and_slow_modulation_is_not() -> None:
    rough, slow = ((1 + np.cos(2 * np.pi * hz * T)) * _tone(1000) for hz in (70, 4))
    assert _measured(rough)["roughness"] > 10 * _measured(slow)["roughness"]


def test_a_tone_in_noise_is_tonal_also_if_it_wanders() -> None:
    noise = _measured(NOISE)["tonality"]
    assert noise < 0
    assert _measured(NOISE + _tone(1500))["tonality"] > noise + 15
    wandering = 0.1 * np.sin(2 * np.pi * (1500 * T + 5 * np.sin(2 * np.pi * 0.8 * T)))
    assert _measured(NOISE + wandering)["tonality"] > noise + 10


def test_clicks_are_impulsive_and_a_swell_is_not() -> None:
    clicks = NOISE + np.where(np.arange(len(T)) % 1777 < 20, 20, 0) * NOISE
    swell = NOISE * (1 + 0.5 * np.sin(2 * np.pi * 0.5 * T))
    noise = _measured(NOISE)["impulsiveness"]
    assert _measured(clicks)["impulsiveness"] > 5 * noise
    assert _measured(swell)["impulsiveness"] == pytest.approx(noise, rel=0.15)


@pytest.mark.parametrize("rate", [1_000, 8_000, 48_000])
@pytest.mark.parametrize("seconds", [0.064, 1.0])
def test_all_are_finite_at_any_rate_and_length(rate: int, seconds: float) -> None:
    noise = np.random.default_rng(1).standard_normal(round(rate * seconds)).astype(np.float32)
    assert np.isfinite(measure_timbre(noise, rate)).all()
