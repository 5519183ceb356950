"""Clips of three made-up machine types, two of them with two machines each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.learned.identify import read_clips
from offkey.learned.identify.fitting import Learnt, learn

RATE = 16_000
TONES_HZ = {"fan": (180, 1100), "pump": (420, 2300), "slider": (800, 4800)}


def sound(machine: str, ident: int, seed: int, seconds: float = 1.0) -> np.ndarray:
    """Two tones that a type has, moved a little by the machine, in noise whose level is the machine's own."""
    rng = np.random.default_rng([seed, ident, len(machine)])
    t = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * hz * (1 + 0.02 * ident) * t + rng.uniform(0, 6)) for hz in TONES_HZ[machine])
    return ((0.02 + 0.02 * ident) * (tones + 0.3 * rng.standard_normal(len(t)))).astype(np.float32)


def write_types(root: Path, ids: dict[str, tuple[int, ...]], *, n: int = 12, first: int = 0) -> Path:
    """Write ``root/fan/id_00/00000000.wav`` and so on."""
    for machine, idents in ids.items():
        for ident in idents:
            folder = root / machine / f"id_{ident:02d}"
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(first, first + n):
                soundfile.write(folder / f"{number:08d}.wav", sound(machine, ident, number), RATE)
    return root


@pytest.fixture(autouse=True)
def _on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train where results are the same on every machine."""
    monkeypatch.setenv("OFFKEY_DEVICE", "cpu")


@pytest.fixture(scope="session")
def machine_sound() -> Callable[..., np.ndarray]:
    """The sound of a machine: type, id, seed and seconds to samples."""
    return sound


@pytest.fixture(scope="session")
def typed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fan and pump with ids 0 and 2, slider with id 0, 12 clips each; not to be written to."""
    ids = {"fan": (0, 2), "pump": (0, 2), "slider": (0,)}
    return write_types(tmp_path_factory.mktemp("types"), ids)


@pytest.fixture(scope="session")
def learnt(typed_folder: Path) -> Learnt:
    """What tells the three types apart, learnt with ids held out; not to be changed."""
    return learn(read_clips(typed_folder).clips, leave_out_types=True)
