from __future__ import annotations

import numpy as np
import pytest

from offkey.synthetic.seeding import stream
from offkey.synthetic.tones import cosine, periodic

RATE, N = 16_000, 32_000


def test_periodic_has_its_harmonics_and_none_too_high() -> None:
    phase = 100.0 * np.arange(N) / RATE
    power = np.abs(np.fft.rfft(periodic(phase, {1: 1.0, 7: 0.5, 90: 1.0}, 80.0, stream(0)))) * 2.0 / N
    assert power[200] == pytest.approx(1.0, rel=1e-3)
    assert power[1400] == pytest.approx(0.5, rel=1e-3)
    power[[200, 1400]] = 0.0
    assert power.max() < 1e-3


def test_cosine_follows_its_phase() -> None:
    phase = np.linspace(0.0, 5.0, 1000)
    assert np.abs(cosine(phase, 0.25) - np.cos(2.0 * np.pi * (phase + 0.25))).max() < 1e-3
