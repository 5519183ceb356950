"""Tests of frames, their window, and their spectra."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.features.frames import cut_frames, frame_sizes, hann, power_spectra, windowed_spectra


@pytest.mark.parametrize("n", [2, 7, 64, 1024])
def test_a_periodic_window_is_a_symmetric_one_without_its_last_sample(n: int) -> None:
    periodic, symmetric = hann(n, dtype=np.float64), hann(n + 1, symmetric=True, dtype=np.float64)
    np.testing.assert_allclose(periodic, 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n), atol=1e-15)
    np.testing.assert_array_equal(periodic, symmetric[:-1])
    np.testing.assert_allclose(symmetric, symmetric[::-1], atol=1e-15)
    with pytest.raises(ValueError, match="read-only"):
        periodic[0] = 1


def test_spectra_are_those_of_whole_frames_under_the_window() -> None:
    samples = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    n_fft, hop = frame_sizes(16_000)
    spectra = windowed_spectra(cut_frames(samples, n_fft, hop))
    assert spectra.shape == (1 + (5000 - n_fft) // hop, n_fft // 2 + 1)
    assert spectra.dtype == np.complex64
    expected = np.fft.rfft(samples[hop : hop + n_fft].astype(float) * hann(n_fft))
    np.testing.assert_allclose(spectra[1], expected, atol=1e-4)
    ((_, power),) = power_spectra(samples, 16_000)
    np.testing.assert_allclose(power, np.abs(spectra) ** 2, rtol=1e-4, atol=1e-4)


def test_short_frames_are_filled_up_with_zeros() -> None:
    frames = cut_frames(np.ones(100, np.float32), 40, 20)
    assert windowed_spectra(frames, 64).shape == (4, 33)
