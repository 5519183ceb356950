from __future__ import annotations

import tempfile
from collections.abc import Callable

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from offkey.hearing.fingerprint import fingerprint, likeness

Sound = NDArray[np.float32]


def _encoded(sound: Sound, form: str) -> Sound:
    with tempfile.NamedTemporaryFile() as file:
        soundfile.write(file.name, sound, 16_000, format=form)
        return soundfile.read(file.name, dtype="float32")[0]


CHANGES: dict[str, Callable[[Sound], Sound]] = {
    "level": lambda sound: np.float32(0.891) * sound,
    "turned over": lambda sound: -sound,
    "rounding": lambda sound: (np.round(0.999 * sound * 32768) / 32768).astype(np.float32),
    "noise": lambda sound: sound + 1e-4 * np.random.default_rng(9).standard_normal(len(sound)).astype(np.float32),
    "MP3": lambda sound: _encoded(sound, "MP3"),
    "OGG": lambda sound: _encoded(sound, "OGG"),
    "resampled": lambda sound: soxr.resample(soxr.resample(sound, 16_000, 12_000), 12_000, 16_000),
    "cut": lambda sound: sound[80:-240],
    "cut at its start": lambda sound: sound[800:],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0])
def test_the_same_moment_is_told_whatever_became_of_it(change: str, seconds: float, hum) -> None:
    sound = hum(1, seconds=seconds)
    marks = [fingerprint(sound), fingerprint(CHANGES[change](sound))]
    assert likeness([marks[0]], [marks[1]])[0] > 0.3


def test_other_moments_of_a_steady_machine_are_told_apart(hum) -> None:
    sounds = [hum(seed, seconds=2.0) for seed in range(20)]
    knocks = np.zeros(32_000, np.float32)
    knocks[3000::4000] = 1.0
    for machine in (sounds, [sound + knocks for sound in sounds]):
        marks = [fingerprint(sound) for sound in machine]
        assert likeness(marks[:10], marks[10:]).max() < 0.13


def test_a_silent_middle_has_no_fingerprint_and_any_length_has_one(hum) -> None:
    assert fingerprint(np.full(20_000, 0.25, np.float32)) is None
    for length in (1, 2, 100, 4095, 4097, 16_383, 16_384, 16_385, 50_000):
        sound = hum(3, seconds=4.0)[:length] + np.float32(0.01)
        mark = fingerprint(sound) if length > 1 else fingerprint(np.append(sound, np.float32(0)))
        assert mark is not None
        assert mark.shape == (4, 2049)
        assert likeness([mark], [mark])[0] > 0.6


def test_nothing_is_compared_with_nothing() -> None:
    assert likeness([], []).shape == (0,)
