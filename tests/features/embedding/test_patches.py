from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.errors import ParameterError
from offkey.features.embedding.patches import Patches, htk_filters, log_mel_patches


def _published(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """YAMNet's log-mel spectrogram, step by step from its published definition, with a transform as a matrix."""
    hann = np.array([0.5 * (1 - np.cos(2 * np.pi * n / 400)) for n in range(400)])
    transform = np.exp(-2j * np.pi * np.outer(np.arange(400), np.arange(257)) / 512)
    starts = range(0, len(samples) - 400 + 1, 160)
    magnitudes = np.array([np.abs((samples[start : start + 400] * hann) @ transform) for start in starts])
    edges = np.linspace(1127 * np.log(1 + 125 / 700), 1127 * np.log(1 + 7500 / 700), 66)
    weights = np.zeros((257, 64))
    for k in range(1, 257):
        mel = 1127 * np.log(1 + k * 16_000 / 512 / 700)
        for band in range(64):
            low, centre, high = edges[band : band + 3]
            weights[k, band] = max(0.0, min((mel - low) / (centre - low), (high - mel) / (high - centre)))
    return np.log(magnitudes @ weights + 0.001)


def test_yamnets_patches_are_those_of_its_definition(hum) -> None:
    samples = hum(3, seconds=2.0)
    patches = log_mel_patches(samples, 16_000, Patches())
    expected = _published(samples.astype(np.float64))
    assert patches.shape == (3, 96, 64)
    assert patches.dtype == np.float32
    for number, patch in enumerate(patches):
        np.testing.assert_allclose(patch, expected[48 * number : 48 * number + 96], atol=2e-4)


def test_a_patch_needs_as_many_samples_as_yamnet_says() -> None:
    assert Patches().min_samples(16_000) == 15_600
    rng = np.random.default_rng(0)
    sound = rng.standard_normal(15_600).astype(np.float32)
    assert len(log_mel_patches(sound, 16_000, Patches())) == 1
    assert Patches().sizes(16_000) == (400, 160, 512)


def test_a_tone_lies_in_its_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    patch = log_mel_patches(tone, 16_000, Patches())[0]
    edges = np.linspace(1127 * np.log1p(125 / 700), 1127 * np.log1p(7500 / 700), 66)
    nearest = np.abs(edges[1:-1] - 1127 * np.log1p(1000 / 700)).argmin()
    assert set(patch.argmax(axis=1)) == {nearest}


def test_power_and_offset_are_taken_from_the_description(hum) -> None:
    how = Patches(power=2, offset=0.01, n_mels=32, frames=10, hop_frames=10)
    silent = log_mel_patches(np.zeros(16_000, np.float32), 16_000, how)
    assert silent.shape == (9, 10, 32)
    np.testing.assert_allclose(silent, np.log(0.01), rtol=1e-6)
    loud = log_mel_patches(hum() * np.float32(10), 16_000, Patches(power=2, offset=1e-9))
    once = log_mel_patches(hum(), 16_000, Patches(power=2, offset=1e-9))
    np.testing.assert_allclose(loud - once, np.log(100), atol=2e-3)


def test_bands_above_half_the_rate_are_refused(hum) -> None:
    with pytest.raises(ParameterError, match=r"between 0 and 4000 Hz, half the rate of 8000 Hz\. Got 125 to 7500 Hz"):
        log_mel_patches(hum(), 8_000, Patches())


def test_the_filters_leave_0_hz_out_and_reach_no_further_than_asked() -> None:
    filters = htk_filters(16_000, 512, 64, 0, 7500)
    assert filters[:, 0].max() == 0
    assert 0.5 < filters.max() <= 1
    assert not filters[:, 241:].any()  # above 7500 Hz
