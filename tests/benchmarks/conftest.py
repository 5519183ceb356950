from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.synthetic import Plant


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that looks like the real one: 12 clips of a slide rail, and 4 pieces of noise."""
    data, plant = tmp_path_factory.mktemp("data"), Plant(7, duration_s=3.0)
    train, noise = data / "dcase2020_real" / "slider" / "train", data / "noise"
    for folder in (train, noise):
        folder.mkdir(parents=True)
    for number in range(12):
        soundfile.write(train / f"normal_id_00_{number:08d}.wav", plant.clip("slider", 0, number).samples, 16_000)
    for number in range(4):
        piece = 0.1 * np.random.default_rng(number).standard_normal(8_000)
        soundfile.write(noise / f"id00_0000000{number}_n01.wav", piece, 16_000)
    return data
