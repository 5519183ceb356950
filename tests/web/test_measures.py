from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import FileRecording
from offkey.features.mel import log_mel
from offkey.web.explore.measures import FLOOR_DB, N_BANDS, measure
from offkey.web.explore.shape import curves, waveform

RATE = 16_000


def test_level_and_spectrum_are_those_of_the_whole_clip(tmp_path: Path, hum) -> None:
    path = tmp_path / "clip.wav"
    soundfile.write(path, hum(seconds=3), RATE, subtype="FLOAT")
    found = measure(path, name="clip.wav", rate=RATE)
    levels = log_mel(hum(seconds=3), RATE, n_mels=N_BANDS, floor_db=FLOOR_DB)
    np.testing.assert_allclose(found.mean, levels.mean(axis=1), atol=1e-3)
    np.testing.assert_allclose(found.deviation, levels.std(axis=1), atol=1e-2)
    assert found.facts["level_db"] == pytest.approx(10 * np.log10(np.mean(hum(seconds=3).astype(float) ** 2)), abs=0.01)
    assert found.facts["peak_db"] == pytest.approx(20 * np.log10(np.abs(hum(seconds=3)).max()), abs=0.01)


def test_a_long_recording_is_measured_like_a_short_one(tmp_path: Path, hum) -> None:
    sound = np.tile(hum(seconds=10), 7)
    soundfile.write(tmp_path / "long.wav", sound, RATE)
    soundfile.write(tmp_path / "short.wav", sound[: 10 * RATE], RATE)
    long, short = (measure(tmp_path / f"{name}.wav", name=name, rate=RATE) for name in ("long", "short"))
    assert long.facts["seconds"] == 70
    np.testing.assert_allclose(long.mean, short.mean, atol=1e-3)


def test_higher_rates_are_compared_at_the_lowest(tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "high.wav", hum(rate=48_000, tone_hz=3000), 48_000)
    soundfile.write(tmp_path / "low.wav", hum(rate=16_000, tone_hz=3000), 16_000)
    high, low = (measure(tmp_path / f"{name}.wav", name=name, rate=RATE) for name in ("high", "low"))
    assert high.facts["rate"] == 48_000
    assert high.mean.argmax() == low.mean.argmax()


def test_what_is_wrong_is_said_with_the_name_of_the_table(tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "short.wav", hum()[:300], RATE)
    found = measure(tmp_path / "short.wav", name="fan/short.wav", rate=RATE)
    assert found.facts["error"].startswith("fan/short.wav is too short: 19 ms of sound")
    assert np.isnan(found.mean).all()


@pytest.mark.parametrize("seconds", [1, 70])
def test_curves_show_the_clip(tmp_path: Path, hum, seconds: int) -> None:
    path = tmp_path / "clip.wav"
    soundfile.write(path, np.tile(hum(tone_hz=3000), seconds), RATE)
    found = curves(FileRecording(path), channel=0)
    assert found["whole"] is (seconds == 1)
    spectrum = found["spectrum"]
    high = [(db, hz) for db, hz in zip(spectrum["db"], spectrum["hz"], strict=True) if hz > 2000]
    assert abs(max(high)[1] - 3000) < 150
    assert len(found["mfcc"]) == 20
    assert found["level"]["s"] == sorted(found["level"]["s"])
    assert abs(np.mean(found["level"]["db"]) + 26) < 3
    wave = waveform(FileRecording(path), channel=0, start_s=0, end_s=seconds)
    assert len(wave["low"]) == 800
    assert all(low <= high for low, high in zip(wave["low"], wave["high"], strict=True))
    assert wave["end_s"] == seconds
