from __future__ import annotations

import io
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.features.mel import mel_centres_hz
from offkey.web.explore.palette import PALETTE
from offkey.web.explore.tiles import BANDS, TILE, thumbnail, tile

RATE = 16_000


def _tone(path: Path, *, hz: float, seconds: float, amplitude: float = 1.0) -> FileRecording:
    t = np.arange(round(seconds * RATE)) / RATE
    soundfile.write(path, 0.999 * amplitude * np.sin(2 * np.pi * hz * t), RATE, subtype="FLOAT")
    return FileRecording(path)


def _decibels(png: bytes, bands: int = BANDS) -> NDArray[np.float64]:
    levels = matplotlib.image.imread(io.BytesIO(png), format="png")
    assert levels.shape == (bands, TILE)
    return np.asarray(levels[::-1] * 120 - 120, float)


@pytest.mark.parametrize("scale", ["mel", "linear"])
@pytest.mark.parametrize("zoom", [0, 2, 5])
def test_a_tone_stands_at_its_frequency_and_level(tmp_path: Path, scale: str, zoom: int) -> None:
    recording = _tone(tmp_path / "tone.wav", hz=3000, seconds=80)
    db = _decibels(tile(recording, channel=0, zoom=zoom, index=0, scale=scale))[:, 2:-2]
    hz = mel_centres_hz(RATE, BANDS) if scale == "mel" else np.linspace(0, RATE / 2, BANDS)
    assert abs(hz[db.mean(axis=1).argmax()] - 3000) < 60
    assert -8 < db.max() <= 0  # the power of a tone is spread over the bins of its band
    quiet = _tone(tmp_path / "quiet.wav", hz=3000, seconds=80, amplitude=0.01)
    lower = _decibels(tile(quiet, channel=0, zoom=zoom, index=0, scale=scale))[:, 2:-2]
    assert db.max() - lower.max() == pytest.approx(40, abs=1)


@pytest.mark.parametrize("scale", ["mel", "linear"])
def test_more_bands_and_a_longer_window_tell_near_tones_apart(tmp_path: Path, scale: str) -> None:
    t = np.arange(10 * RATE) / RATE
    sound = 0.4 * np.sin(2 * np.pi * 3000 * t) + 0.4 * np.sin(2 * np.pi * 3040 * t)
    soundfile.write(tmp_path / "two.wav", sound, RATE, subtype="FLOAT")
    recording = FileRecording(tmp_path / "two.wav")
    for bands, window_ms, apart in ((160, 64, False), (640, 16, False), (640, 256, True)):
        png = tile(recording, channel=0, zoom=0, index=1, scale=scale, bands=bands, window_ms=window_ms)
        db = _decibels(png, bands).mean(axis=1)
        hz = mel_centres_hz(RATE, bands) if scale == "mel" else np.linspace(0, RATE / 2, bands)
        at = lambda f, db=db, hz=hz: db[np.abs(hz - f).argmin()]  # noqa: E731
        assert (min(at(3000), at(3040)) - at(3020) > 3) == apart
        assert abs(hz[db.argmax()] - 3020) < 80


def test_tiles_adjoin(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    sound = 0.01 * rng.standard_normal(6 * RATE)
    sound[round(2.5 * RATE) : round(2.52 * RATE)] += 0.5 * rng.standard_normal(round(2.52 * RATE) - round(2.5 * RATE))
    soundfile.write(tmp_path / "click.wav", sound, RATE)
    recording = FileRecording(tmp_path / "click.wav")
    tiles = [_decibels(tile(recording, channel=0, zoom=0, index=k)) for k in range(3)]
    level = np.concatenate(tiles, axis=1).mean(axis=0)
    assert abs((level.argmax() + 0.5) * 0.008 - 2.51) < 0.03


def test_an_hour_opens_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    noise = (1000 * np.random.default_rng(0).standard_normal(60 * RATE)).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE, 1) as file:
        for _ in range(60):
            file.write(noise)
    recording = FileRecording(path)
    read = []
    original = FileRecording.parts

    def counting(self: FileRecording, spans, channel):  # type: ignore[no-untyped-def]
        kept = list(spans)
        read.extend(stop - start for start, stop in kept)
        return original(self, kept, channel)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileRecording, "parts", counting)
        for index in range(2):
            tile(recording, channel=0, zoom=10, index=index)
    assert sum(read) < 0.02 * 3600 * RATE


def test_thumbnails_have_the_colours_of_the_palette(tmp_path: Path) -> None:
    content = thumbnail(_tone(tmp_path / "tone.wav", hz=3000, seconds=3), channel=0, palette=PALETTE)
    image = matplotlib.image.imread(io.BytesIO(content), format="png")
    colours = {tuple(colour) for colour in np.round(image.reshape(-1, image.shape[2])[:, :3] * 255).astype(int)}
    assert colours <= {tuple(colour) for colour in PALETTE.astype(int)}
    assert image.shape[:2] == (48, 192)
