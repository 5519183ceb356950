"""The fine spectrum in a graph."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.export.front_ends.fine_spectrum import fine_spectrum
from offkey.export.front_ends.sound import Sound
from offkey.features.fine_spectrum import fine_spectrum as expected_spectrum
from offkey.graph import Builder
from offkey.runtime.graph import run


@pytest.mark.parametrize(
    ("rate", "n"), [(16_000, 16_000), (16_000, 3003), (8000, 40_000), (6000, 9001), (44_100, 50_000)]
)
def test_tones_stand_in_their_fine_bands(rate: int, n: int) -> None:
    rng = np.random.default_rng(n)
    tones = np.sin(2 * np.pi * np.array([[50.0], [333.0]]) * np.arange(n) / rate)
    samples = (0.2 * tones + rng.normal(0, 0.01, (2, n))).astype(np.float32)
    b = Builder()
    found = fine_spectrum(b, Sound(b.input("samples", np.float32, ("batch", n)), rate, n), list(range(96)))
    expected = [expected_spectrum(one, rate) for one in samples]
    np.testing.assert_allclose(run(b.graph(), {"samples": samples}, [found])[found], expected, rtol=1e-4, atol=1e-4)
    assert expected[0].argmax() != expected[1].argmax()
