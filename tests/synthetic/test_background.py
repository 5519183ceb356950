from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.synthetic.background import Factory, Recorded
from offkey.synthetic.seeding import stream

RATE = 16_000


def test_the_noise_of_a_hall_falls_with_frequency_and_moves_in_time(
    log_mel: Callable[[NDArray[np.float32], int], NDArray[np.float64]],
) -> None:
    factory = Factory.draw(0)
    bands = np.array([log_mel(factory.sound(10 * RATE, RATE, stream(k)), RATE) for k in range(12)])
    power = np.abs(np.fft.rfft(factory.sound(10 * RATE, RATE, stream(0)))) ** 2
    hz = np.fft.rfftfreq(10 * RATE, 1.0 / RATE)
    low, high = (power[np.abs(hz - middle) < 50.0].mean() for middle in (150.0, 5000.0))
    assert 15.0 < 10.0 * np.log10(low / high) < 45.0
    slow = bands[:, :300].reshape(12, 10, 30, 64).mean(axis=2)  # means over a second
    assert np.median(slow.std(axis=1)[:, 5:40]) > 0.5
    assert bands.mean(axis=1).std(axis=0).mean() > 0.3  # and from clip to clip


def test_some_clips_have_blows_or_voices(log_mel: Callable[[NDArray[np.float32], int], NDArray[np.float64]]) -> None:
    factory = Factory.draw(1)

    def loudest_moment_db(number: int) -> float:
        bands = log_mel(factory.sound(5 * RATE, RATE, stream(number)), RATE)[:, 20:50]
        return float(np.max(bands - np.median(bands, axis=0)))

    peaks_db = np.array([loudest_moment_db(number) for number in range(40)])
    assert 8 <= np.sum(peaks_db > 15.0) <= 32


def test_another_plant_has_another_hall() -> None:
    assert Factory.draw(0) != Factory.draw(1)
    assert Factory.draw(3) == Factory.draw(3)


@pytest.mark.parametrize("length", [3, 500, 50_000])
def test_recorded_noise_of_any_length_fills_a_clip(length: int) -> None:
    piece = stream(0).standard_normal(length, dtype=np.float32)
    noise = Recorded([piece]).sound(20_000, RATE, stream(1))
    assert noise.shape == (20_000,)
    assert noise.dtype == np.float32
    assert np.abs(noise).max() <= np.sqrt(2.0) * np.abs(piece).max()


def test_recorded_noise_joins_without_a_click() -> None:
    wave = np.sin(2.0 * np.pi * 5.3 * np.arange(4_000) / RATE).astype(np.float32)  # ends far from where it starts
    noise = Recorded([wave]).sound(20_000, RATE, stream(1))
    assert np.abs(np.diff(noise)).max() < 0.01
