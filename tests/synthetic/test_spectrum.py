from __future__ import annotations

import numpy as np
import pytest

from offkey.synthetic.seeding import stream
from offkey.synthetic.spectrum import bandpass, forward, frequencies, inverse, peaks, tilt

RATE, N = 16_000, 32_000


def test_spectrum_and_back() -> None:
    samples = stream(0).standard_normal(N, dtype=np.float32)
    assert np.abs(inverse(forward(samples), N) - samples).max() < 1e-5


def test_shapes_have_the_form_that_they_name() -> None:
    hz = frequencies(N, RATE)
    db = 20.0 * np.log10(tilt(hz, 100.0, 6.0) + 1e-9)
    assert db[hz == 4000.0] - db[hz == 2000.0] == pytest.approx(-6.0, abs=0.2)
    assert db[hz == 10.0] == pytest.approx(0.0, abs=0.2)
    passed = bandpass(hz, 500.0, 2000.0)
    assert passed[hz == 1000.0] == pytest.approx(1.0, abs=0.01)
    assert passed[hz == 2000.0] == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert passed[hz == 8000.0] < 0.005
    bump = peaks(hz, [(1000.0, 10.0, 12.0)])
    assert 20.0 * np.log10(bump[hz == 1000.0]) == pytest.approx(12.0, abs=0.01)
    assert 20.0 * np.log10(bump[hz == 4000.0]) == pytest.approx(0.0, abs=1.0)
