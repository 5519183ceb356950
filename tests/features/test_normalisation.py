from __future__ import annotations

import numpy as np
import pytest

import offkey
from offkey.features import create
from offkey.features.normalisation import Standardiser

RATE = 16_000


@pytest.mark.parametrize("name", ["logmel", "mfcc", "spectrum"])
def test_without_the_level_a_louder_clip_is_the_same(hum, name: str) -> None:
    quiet, loud = (create(name, normalisation="clip-level").vector(np.float32(gain) * hum(), RATE) for gain in (1, 10))
    np.testing.assert_allclose(quiet, loud, atol=1e-3)
    assert not np.allclose(quiet, create(name).vector(hum(), RATE), atol=1)


@pytest.mark.parametrize("name", ["logmel", "mfcc", "spectrum"])
def test_per_band_only_time_counts(hum, name: str) -> None:
    """Another microphone, which colours the spectrum by a fixed filter, changes nothing but the window's leakage."""
    front_end = create(name, normalisation="per-band", pooling=[1.0], deviation=False, change=False)
    np.testing.assert_allclose(front_end.vector(hum(), RATE)[: front_end.bands], 0, atol=1e-3)


def test_a_standardiser_gives_zero_mean_and_unit_deviation() -> None:
    X = np.random.default_rng(0).normal(5, 3, size=(50, 4)).astype(np.float32)
    X[:, 2] = 7.0
    standardised = Standardiser.fit(X)(X)
    np.testing.assert_allclose(standardised.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(standardised.std(axis=0), [1, 1, 0, 1], atol=1e-6)


def test_a_standardised_model_is_saved_with_its_scale(hum, tmp_path) -> None:
    clips = [hum(k) for k in range(12)]
    model = offkey.fit(clips, rate=RATE, features="stats", detector="knn")
    assert model.standardiser is not None
    model.save(tmp_path / "m.offkey")
    fault = hum(30, tone_hz=3000)
    assert offkey.load(tmp_path / "m.offkey").score(fault, rate=RATE) == model.score(fault, rate=RATE)
    assert model.score(fault, rate=RATE).score > model.score(hum(31), rate=RATE).score
