from __future__ import annotations

import numpy as np
import pytest

import offkey
from offkey.features import create
from offkey.features.fine_spectrum import FINE_BANDS, fine_edges_hz, fine_spectrum


@pytest.mark.parametrize("rate", [6_000, 16_000, 44_100])
def test_a_tone_shows_in_its_band_alone(hum, rate: int) -> None:
    t = np.arange(3 * rate) / rate
    noise = np.random.default_rng(0).normal(size=len(t))
    tone = noise + np.sin(2 * np.pi * 1000 * t)
    raised = fine_spectrum(tone.astype(np.float32), rate) - fine_spectrum(noise.astype(np.float32), rate)
    band = int(raised.argmax())
    assert fine_edges_hz(rate)[band] <= 1000 <= fine_edges_hz(rate)[band + 1]
    assert np.delete(raised, band).max() < 0.3 * raised[band]


def test_a_pitch_two_percent_higher_moves_a_tone_between_bands() -> None:
    t = np.arange(48_000) / 16_000
    edges = fine_edges_hz(16_000)
    tones = (np.sin(2 * np.pi * edges[70] * share * t).astype(np.float32) for share in (0.99, 1.01))
    assert [int(fine_spectrum(tone, 16_000).argmax()) for tone in tones] == [69, 70]


def test_gain_does_not_matter_and_short_sounds_have_one(hum) -> None:
    np.testing.assert_allclose(fine_spectrum(hum(), 16_000), fine_spectrum(np.float32(3) * hum(), 16_000), atol=1e-3)
    short = fine_spectrum(hum()[:1024], 16_000)
    assert short.shape == (FINE_BANDS,)
    assert np.isfinite(short).all()


def test_it_is_a_view_of_the_default_detector_where_it_is_asked_for(hum) -> None:
    model = offkey.fit([hum(k) for k in range(12)], rate=16_000, features_params={"fine_spectrum": True})
    told = {"bands": 128, "views": (96, 96, 25, 128), "levels": 2}
    assert {name: model.detector.params()[name] for name in told} == told
    front_end = create("logmel", fine_spectrum=True)
    names = front_end.feature_names(16_000)
    assert names[992].startswith("fine_10.")
    np.testing.assert_allclose(front_end.vector(hum(), 16_000)[992:1088], fine_spectrum(hum(), 16_000), atol=1e-5)
    assert front_end.detector_params() == {"bands": 128, "views": (96, 96), "levels": 1}
    part = front_end.parts(16_000)[-1]
    assert (part.keep, part.columns, part.high_hz) == (128 + 16 + 1 + 95, (1087,), 4000.0)
