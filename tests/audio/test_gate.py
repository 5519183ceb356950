from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import ArrayRecording, FileRecording, check_samples
from offkey.errors import AudioError, ParameterError

RATE = 16_000


def _check(samples: np.ndarray) -> None:
    check_samples(samples.astype(np.float32), RATE, name="clip.wav", at_least=1024)


def test_sound_passes(hum) -> None:
    _check(hum())
    _check(1e-6 * hum())
    _check(0.5 + 1e-4 * hum())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20])
def test_what_is_no_number_is_placed(hum, value: float) -> None:
    samples = hum()
    samples[[700, 900]] = value
    with pytest.raises(
        AudioError, match=r"holds samples that are NaN, infinite or beyond all scales, the first 0\.044 s into it"
    ):
        _check(samples)


@pytest.mark.parametrize("level", [0.0, 0.25, -1.0])
def test_a_constant_is_digital_silence(level: float) -> None:
    with pytest.raises(AudioError, match="is digital silence"):
        _check(np.full(RATE, level))


def test_negative_zeros_are_zeros() -> None:
    with pytest.raises(AudioError, match="every sample is 0;"):
        _check(-np.zeros(RATE))


def test_a_resampled_constant_is_digital_silence_too() -> None:
    import soxr

    with pytest.raises(AudioError, match="is digital silence"):
        _check(soxr.resample(np.full(3 * RATE, 0.25, np.float32), 3 * RATE, RATE))


def test_a_short_sound_says_how_short_it_is(hum) -> None:
    with pytest.raises(AudioError, match="10 ms of sound, one analysis window of 64 ms is needed"):
        _check(hum()[:160])


@pytest.mark.parametrize("rate", [1, 7, 399, 10_000_001, 2**31 - 1])
def test_a_rate_at_which_nothing_is_recorded_is_a_fault_of_the_clip(tmp_path: Path, hum, rate: int) -> None:
    soundfile.write(tmp_path / "clip.wav", hum(), rate)
    with pytest.raises(
        AudioError, match=rf"claims a rate of {rate} Hz, at which no sound is recorded: expected 400 to"
    ):
        FileRecording(tmp_path / "clip.wav")
    with pytest.raises(ParameterError, match=f"'rate' claims a rate of {rate} Hz"):
        ArrayRecording(hum(), rate)
