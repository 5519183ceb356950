from __future__ import annotations

import numpy as np
import pytest

from offkey.synthetic.levels import amplitude, band_power, gain_for_snr, mean_power, rms
from offkey.synthetic.spans import envelope
from offkey.synthetic.spectrum import forward

RATE, N = 16_000, 32_000


def test_levels() -> None:
    tone = np.sqrt(2.0) * np.sin(2.0 * np.pi * 1000.0 * np.arange(N) / RATE).astype(np.float32)
    assert rms(tone) == pytest.approx(1.0, rel=1e-4)
    assert float(amplitude(-20.0)) == pytest.approx(0.1)
    assert mean_power(tone * envelope([(0.0, 1.0)], N, RATE, rise_s=0, fall_s=0), RATE, [(0.5, 1.5)]) == pytest.approx(
        0.5, rel=1e-3
    )


@pytest.mark.parametrize("spans", [None, ((0.0, 1.0),)])
def test_band_power_counts_only_the_band(spans: tuple[tuple[float, float], ...] | None) -> None:
    seconds = np.arange(N) / RATE
    clip = (np.sin(2.0 * np.pi * 1000.0 * seconds) + 10.0 * np.sin(2.0 * np.pi * 100.0 * seconds)).astype(np.float32)
    assert band_power(forward(clip), N, RATE, (500.0, 2000.0), spans) == pytest.approx(0.5, rel=1e-3)
    assert band_power(forward(clip), N, RATE, (50.0, 2000.0), spans) == pytest.approx(50.5, rel=1e-3)


def test_a_gain_brings_a_fault_to_its_strength() -> None:
    fault = 33.0 * envelope([(0.5, 1.0)], N, RATE, rise_s=0.0, fall_s=0.0)
    gain = gain_for_snr(fault, RATE, ((0.5, 1.0),), in_band=4.0, overall=100.0, snr_db=-6.0206)
    assert gain * 33.0 == pytest.approx(1.0, rel=1e-3)
    floor = gain_for_snr(fault, RATE, ((0.5, 1.0),), in_band=0.0, overall=100.0, snr_db=0.0)
    assert floor * 33.0 == pytest.approx(0.01, rel=1e-3)
    assert gain_for_snr(0.0 * fault, RATE, (), in_band=1.0, overall=1.0, snr_db=0.0) == 0.0
