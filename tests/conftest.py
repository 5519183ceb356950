"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

Hum = Callable[..., NDArray[np.float32]]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real recordings, spectra, score files and ground truth, outside the repository."""
    named = os.environ.get("OFFKEY_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the test data folder {folder} is absent (OFFKEY_TEST_DATA names another)")
    return folder


@pytest.fixture(scope="session")
def hum() -> Hum:
    """A machine in one line: two tones in noise; `tone_hz` adds a third, the fault."""

    def make(
        seed: int = 0, *, seconds: float = 1.0, rate: int = 16_000, tone_hz: float | None = None
    ) -> NDArray[np.float32]:
        rng = np.random.default_rng(seed)
        t = np.arange(round(seconds * rate)) / rate
        sound = 0.05 * np.sin(2 * np.pi * 120 * t) + 0.02 * np.sin(2 * np.pi * 1270 * t)
        sound += 0.01 * rng.standard_normal(len(t))
        if tone_hz is not None:
            sound += 0.05 * np.sin(2 * np.pi * tone_hz * t)
        return sound.astype(np.float32)

    return make


@pytest.fixture(scope="session")
def normal_folder(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """A folder of 24 normal clips of one second; not to be written to."""
    folder = tmp_path_factory.mktemp("normal")
    for number in range(24):
        soundfile.write(folder / f"normal_{number:02d}.wav", hum(number), 16_000)
    return folder


@pytest.fixture(scope="session")
def mixed_folder(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Path:
    """Clips that are fine, each in its own way, and clips that are bad, each in its own way."""
    folder = tmp_path_factory.mktemp("mixed")
    good = hum(100)
    soundfile.write(folder / "good.wav", good, 16_000)
    soundfile.write(folder / "good_8_channels.wav", np.stack([hum(k) for k in range(8)], axis=1), 16_000)
    soundfile.write(folder / "good_96_khz.wav", hum(101, rate=96_000), 96_000, subtype="FLOAT")
    soundfile.write(folder / "good Größe ü.flac", hum(102), 16_000, subtype="PCM_24")
    (folder / "bad_empty.wav").write_bytes(b"")
    soundfile.write(folder / "bad_header_only.wav", good[:0], 16_000)
    whole = (folder / "good.wav").read_bytes()
    (folder / "bad_truncated.wav").write_bytes(whole[: len(whole) // 2])
    (folder / "bad_text.wav").write_text("this is no sound\n")
    with_nan = good.copy()
    with_nan[4000] = np.nan
    soundfile.write(folder / "bad_nan.wav", with_nan, 16_000, subtype="FLOAT")
    soundfile.write(folder / "bad_silence.wav", np.zeros_like(good), 16_000)
    soundfile.write(folder / "bad_10_ms.wav", good[:160], 16_000)
    soundfile.write(folder / "bad_8_khz.wav", hum(103, rate=8_000), 8_000)
    (folder / "bad_unreadable.wav").symlink_to(folder / "nothing_there")  # unreadable for every user, root as well
    return folder
