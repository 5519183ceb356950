"""Live spectrograms: columns of the sound, however it comes, and a deviation where it is not normal."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.watch.conftest import NOW

import offkey
from offkey.model import Model
from offkey.model.reference import band_count, levels_of
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.acquisition.tap import Tap
from offkey.web.watch.listening import Listening
from offkey.web.watch.spectrogram import LiveSpectrogram

RATE = 16_000


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> Model:
    return offkey.fit(normal_folder, detector="knn", progress=False)


def _pieces(model: Model, sound: np.ndarray, cuts: list[int], rate: int = RATE) -> LiveSpectrogram:
    spectrogram = LiveSpectrogram(model)
    spectrogram.feed([Begin(rate, NOW), *(block[:, None] for block in np.split(sound, cuts))])
    return spectrogram


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=6).map(sorted))
def test_the_columns_are_those_of_the_whole_sound_however_it_is_cut(model: Model, hum, cuts: list[int]) -> None:
    sound = hum(70)[:20_000]
    found = np.concatenate([piece.levels for piece in _pieces(model, sound, cuts).after(0)])
    expected = np.rint(np.clip((levels_of(sound, RATE).T + 120) / 120, 0, 1) * 255)
    np.testing.assert_array_equal(found, expected)


def test_each_piece_says_when_it_began(model: Model, hum) -> None:
    pieces = _pieces(model, hum(70)[:16_000], [4000, 8000]).after(0)
    columns = 0
    for piece in pieces:
        assert piece.at == pytest.approx(NOW + columns * 0.032)
        columns += len(piece.levels)
    head = struct.unpack("<dHH", pieces[0].to_bytes()[:12])
    assert head == (NOW, len(pieces[0].levels), band_count(RATE))
    assert len(pieces[0].to_bytes()) == 12 + 2 * pieces[0].levels.size


def test_a_tone_that_no_normal_clip_has_deviates_and_normal_sound_does_not(model: Model, hum) -> None:
    normal = np.concatenate([piece.deviations for piece in _pieces(model, hum(71), []).after(0)])
    faulty = np.concatenate([piece.deviations for piece in _pieces(model, hum(72, tone_hz=3000), []).after(0)])
    assert abs(float(np.median(normal)) - 127.5) < 10
    band = int(np.argmax(np.median(faulty, axis=0)))
    hz = LiveSpectrogram(model).facts()["bands_hz"][band]
    assert np.median(faulty[:, band]) > 200
    assert 2800 < hz < 3200


def test_sound_of_another_rate_is_converted_and_a_gap_ends_what_was_left(model: Model, hum) -> None:
    spectrogram = LiveSpectrogram(model)
    spectrogram.feed([Begin(3 * RATE, NOW), np.repeat(hum(70), 3)[:, None], End("lost"), Begin(RATE, NOW + 60)])
    spectrogram.feed([hum(70)[:2000, None]])
    pieces = spectrogram.after(0)
    assert pieces[-1].at == NOW + 60
    assert sum(len(piece.levels) for piece in pieces[:-1]) == pytest.approx(len(hum(70)) / 512, abs=3)


class _Listened:
    """In place of a monitor."""

    def __init__(self, model: Model) -> None:
        self.taps: list[Tap] = []
        self._model = model

    def model(self, machine: str) -> Model | None:
        return self._model if machine == "pump" else None

    def listen(self, machine: str) -> Tap:
        self.taps.append(Tap(machine))
        return self.taps[-1]

    def leave(self, tap: Tap) -> None:
        self.taps.remove(tap)


def test_those_who_look_at_one_machine_share_a_tap_which_goes_with_the_last(model: Model, hum) -> None:
    monitor = _Listened(model)
    listening = Listening(monitor)  # type: ignore[arg-type]
    with listening.spectrogram("pump") as first, listening.spectrogram("pump") as second:
        assert first is second
        assert len(monitor.taps) == 1
        for item in (Begin(RATE, NOW), hum(70)[:8000, None]):
            monitor.taps[0].put(item)
        (piece,) = listening.columns("pump", 0)
        assert listening.columns("pump", piece.number) == []
    assert monitor.taps == []
    assert listening.columns("pump", 0) == []
    with listening.spectrogram("none") as nothing:
        assert nothing is None
