"""Short and modulated faults, planted in a real clip at known places: does the explanation say what and when?"""

from __future__ import annotations

import re

import numpy as np
import pytest
from benchmarks.proxy_clips import RATE, Machine

import offkey
from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.model import Model

T = np.arange(10 * RATE) / RATE


def _click(clip: np.ndarray) -> np.ndarray:
    burst = np.random.default_rng(0).normal(size=32) * np.exp(-np.arange(32) / 6)
    return clip + 20 * clip.std() * np.pad(burst, (round(3.2 * RATE), len(clip) - round(3.2 * RATE) - 32))


def _dropout(clip: np.ndarray) -> np.ndarray:
    return clip * np.where((T > 4.1) & (T < 4.4), 0.25, 1.0)


def _knocks(clip: np.ndarray) -> np.ndarray:
    since = T % 0.5
    return clip + 3 * clip.std() * np.exp(-since / 0.03) * np.sin(2 * np.pi * 900 * since)


def _beat(clip: np.ndarray) -> np.ndarray:
    spectrum, hz = np.fft.rfft(clip), np.fft.rfftfreq(len(clip), 1 / RATE)
    part = np.fft.irfft(np.where((hz > 1000) & (hz < 2000), spectrum, 0), len(clip))
    return clip + 0.6 * np.sin(2 * np.pi * 7 * T) * part


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (_click, r"A click at 3\.2 s that no normal clip has\."),
        (_dropout, r"A dropout at 4\.[12345] s that no normal clip has\."),
        (
            _knocks,
            r"Knocks in \d+ to \d+ Hz, about 2 a second, that",
        ),
        (_beat, r"A beat of 7 a second in (9\d0 Hz|1|1\.2) (to|kHz to) [12](\.\d)? kHz that no normal clip has\."),
    ],
)
def test_it_says_what_no_normal_clip_does(plant, words: str, slider: Machine, slider_model: Model) -> None:
    sound = plant(slider.test[1].astype(np.float64)).astype(np.float32)
    said = explain(slider_model, ArrayRecording(sound, RATE)).sentence
    assert re.search(words, said), said


def test_of_a_normal_clip_it_says_nothing_and_of_a_window_the_time_in_the_recording(
    slider: Machine, slider_model: Model
) -> None:
    normal = slider.test[1]
    assert "no normal clip has" not in explain(slider_model, ArrayRecording(normal, RATE)).sentence
    clicked = _click(normal.astype(np.float64)).astype(np.float32)
    long = np.concatenate([normal, clicked, normal])
    assert "A click at 13.2 s" in explain(slider_model, ArrayRecording(long, RATE), at=13.0).sentence


def _whine(seed: int, share: float) -> np.ndarray:
    """Return four harmonics in noise, whose pitch wavers 1.4 times a second by a share of itself."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * 700 * (T + share / (2 * np.pi * 1.4) * np.sin(2 * np.pi * 1.4 * T))
    tones = sum(np.sin(order * phase + rng.uniform(0, 6)) for order in range(1, 5))
    return (0.05 * tones + rng.normal(0, 0.01, len(T))).astype(np.float32)


def test_a_pitch_that_wobbles_is_named_where_wobble_is_heard() -> None:
    clips = [_whine(seed, 0.0) for seed in range(20)]
    model = offkey.fit(clips, rate=RATE, features_params={"wobble": True, "modulation": False, "transients": False})
    said = explain(model, ArrayRecording(_whine(99, 0.02), RATE)).sentence
    assert re.search(r"A pitch that wobbles 1\.[345]\d? times a second that no normal clip has\.", said), said
