"""The clips that the files of an earlier version were made from, the same to the byte and to the time of change.

They are drawn here and not by `offkey.synthetic`, because they must stay what they are whatever becomes of that.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import soundfile

__all__ = ["clips_digest", "write_clips", "write_crowd"]

_RATE = 8_000
_CHANGED_S = 1_700_000_000  # when the first clip was changed last; runs know a clip by it, to the nanosecond
_MACHINES = {"fan": (120.0, 700.0), "pump": (310.0, 1900.0)}


def write_clips(folder: Path) -> None:
    """Write ``plant``, four ids in the layout of DCASE 2020, ``long``, recordings of 3 s, and ``attributed``."""
    number = 0
    for machine, tones in _MACHINES.items():
        for ident in (0, 2):
            for split, label, n in (("train", "normal", 8), ("test", "normal", 4), ("test", "anomaly", 4)):
                for k in range(n):
                    number += 1
                    sound = _sound(number, 0.2, tones, ident=ident, fault=label == "anomaly")
                    _write(folder / "plant" / machine / split / f"{label}_id_{ident:02d}_{k:08d}.wav", sound, number)
    for k in range(4):
        number += 1
        _write(folder / "long" / f"{k}.wav", _sound(number, 3.0, _MACHINES["fan"], fault=k == 3), number)
    for k in range(2):
        number += 1
        name = f"section_00_source_train_normal_{k:04d}_vel_6.wav"
        _write(folder / "attributed" / "dev_data" / "fan" / "train" / name, _sound(number, 0.2, (120.0,)), number)


def write_crowd(folder: Path) -> None:
    """Write ``crowd``, 260 clips of 0.1 s: more than one shard holds."""
    for number in range(260):
        sound = _sound(10_000 + number, 0.1, _MACHINES["fan"], fault=number % 50 == 49)
        _write(folder / "crowd" / f"{number:04d}.wav", sound, number)


def clips_digest(folder: Path) -> str:
    """Return a digest of all clips: their names, bytes and times of change."""
    digest = hashlib.sha256()
    for clip in sorted(folder.rglob("*.wav")):
        digest.update(f"{clip.relative_to(folder).as_posix()} {clip.stat().st_mtime_ns} ".encode() + clip.read_bytes())
    return digest.hexdigest()


def _sound(seed: int, seconds: float, tones: tuple[float, ...], *, ident: int = 0, fault: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * _RATE)) / _RATE
    sound = sum(0.05 * np.sin(2 * np.pi * hz * (1 + 0.02 * ident) * t) for hz in tones)
    sound = sound + 0.01 * rng.standard_normal(len(t))
    if fault:
        sound += 0.05 * np.sin(2 * np.pi * 3000 * t)
    return np.round(sound * 32_767).astype(np.int16)


def _write(path: Path, sound: np.ndarray, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, _RATE)
    changed = (_CHANGED_S + number) * 10**9
    os.utime(path, ns=(changed, changed))
