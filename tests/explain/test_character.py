from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.explain.character import describe, repetition

RATE = 16_000
T = np.arange(4 * RATE) / RATE
NOISE = 0.01 * np.random.default_rng(0).standard_normal(len(T))


def _clicks(per_second: float) -> NDArray[np.float64]:
    place = (T * per_second) % 1.0 / per_second
    return np.exp(-place / 0.004) * np.random.default_rng(1).standard_normal(len(T))


@pytest.mark.parametrize(
    ("sound", "band", "said"),
    [
        (NOISE + 0.1 * np.sin(2 * np.pi * 1520 * T), (1400, 1700), "a tone at 1.5 kHz"),
        (NOISE + 0.1 * np.sin(2 * np.pi * 1000 * T) + 0.1 * np.sin(2 * np.pi * 2000 * T), (900, 2200), "tones at "),
        (
            NOISE + 0.1 * np.sin(2 * np.pi * (1500 * T + 15 * np.sin(2 * np.pi * T))),
            (1380, 1620),
            "a tone that wanders",
        ),
        (NOISE + _clicks(9), (1000, 6000), "broadband clicks, about 9 a second"),
        (NOISE + _clicks(9), (3000, 3600), "narrow-band clicks, about 9 a second"),
        (NOISE * (1 + 0.8 * np.sin(2 * np.pi * 4 * T)), (1000, 6000), "broadband noise that pulses 4 times a second"),
        (NOISE, (1000, 6000), "broadband noise"),
        (NOISE[:1000], (1000, 6000), ""),
    ],
)
def test_sounds_are_called_by_what_they_are(sound: NDArray[np.float64], band: tuple[float, float], said: str) -> None:
    assert describe(sound.astype(np.float32), RATE, *band).startswith(said)


def test_irregular_bursts_are_counted() -> None:
    envelope = 0.01 * np.random.default_rng(2).exponential(size=2000)
    envelope[[100, 330, 410, 900, 1300, 1360, 1900]] = 5.0
    per_second, periodic = repetition(envelope, 500.0)
    assert not periodic
    assert per_second == pytest.approx(7 / 4)


def test_too_few_bursts_are_no_rate() -> None:
    envelope = np.random.default_rng(3).uniform(0.9, 1.1, 1000)
    assert repetition(envelope, 500.0) == (None, False)
