from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.synthetic.levels import rms
from offkey.synthetic.noise import coloured, crossed, slow_curve
from offkey.synthetic.seeding import stream
from offkey.synthetic.spectrum import bandpass, frequencies

RATE, N = 16_000, 32_000


def test_coloured_noise_is_gaussian_with_unit_variance_and_the_spectrum_asked_for() -> None:
    hz = frequencies(N, RATE)
    noise = coloured(N, bandpass(hz, 1000.0, 2000.0), stream(1))
    assert rms(noise) == pytest.approx(1.0, abs=0.05)
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert power[(hz > 800) & (hz < 2500)].sum() > 0.9 * power.sum()
    assert np.mean((noise / rms(noise)) ** 4) == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize("highest_hz", [0.5, 3.0, 40.0])
def test_slow_curves_are_slow(highest_hz: float) -> None:
    curves = np.array([slow_curve(N, RATE, highest_hz, stream(k)) for k in range(80)])
    assert curves.shape == (80, N)
    assert np.std(curves) == pytest.approx(1.0, abs=0.2)
    power = np.mean(np.abs(np.fft.rfft(curves * np.hanning(N), axis=1)) ** 2, axis=0)
    assert power[frequencies(N, RATE) > 1.2 * highest_hz + 2.0].sum() < 0.01 * power.sum()


@given(st.floats(0.05, 0.95), st.integers(0, 100))
def test_a_curve_is_above_its_level_for_the_share_asked_for(share: float, seed: int) -> None:
    spans = crossed(slow_curve(N, RATE, 2.0, stream(seed)), share, RATE, 0.0)
    assert sum(end - start for start, end in spans) == pytest.approx(share * 2.0, abs=0.01)


def test_short_crossings_are_left_out_but_never_all() -> None:
    curve = np.sin(2.0 * np.pi * 5.0 * np.arange(N) / RATE).astype(np.float32)
    assert len(crossed(curve, 0.3, RATE, 10.0)) >= 1
    assert crossed(np.ones(N, dtype=np.float32), 0.5, RATE, 0.1) == []
