"""Ten clips that every exported model is checked by: machines, noise, and the ends of what a converter can give."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offkey.features.mel import mel_centres_hz
from offkey.model import Model
from offkey.model.reference import AT, Reference, band_count, levels_of
from offkey.synthetic import Plant, machines

__all__ = ["FULL_SCALE", "make_clips"]

FULL_SCALE = 32_768
"""The whole number that stands for 1 in samples of 16 bits."""

Floats = NDArray[np.float64]
_LEAST_RATE, _MOST_RATE, _LEAST_S, _MOST_S = 8_000, 192_000, 2.0, 600.0  # that a plant can make
_STEPS = 4  # of shaping noise
_MOST_DB = 100.0


def make_clips(model: Model, n: int) -> dict[str, NDArray[np.int16]]:
    """Return ten clips by name, of 16 bits at the model's rate, each shape (n,).

    One of them is noise with the spectrum of the model's normal clips, so that not all scores lie far above theirs.
    """
    rate, rng = model.rate, np.random.default_rng(0)
    clips = {name: _of_machine(name, rate, n) for name in machines()}
    noise = rng.standard_normal(n)
    clips |= {f"noise at {level} dB": 10 ** (level / 20) * noise for level in (-12, -48)}
    clips["like normal"] = 10 ** (-30 / 20) * noise if model.reference is None else _like(model.reference, noise, rate)
    clips["click"] = clips["like normal"].copy()
    clips["click"][n // 2] += 0.9
    clips["last bit"] = rng.integers(-1, 2, n) / FULL_SCALE
    clips["clipped"] = 30 * clips["slider"] / np.abs(clips["slider"]).max()
    return {name: _in_16_bits(clip) for name, clip in clips.items()}


@lru_cache(16)
def _of_machine(machine: str, rate: int, n: int) -> Floats:
    """Return the sound of a synthetic machine; at rates that no plant has, it is played at another speed."""
    near = int(np.clip(rate, _LEAST_RATE, _MOST_RATE))
    seconds = float(np.clip(n / near, _LEAST_S, _MOST_S))
    clip = Plant(0, rate=near, duration_s=seconds).clip(machine).samples.astype(np.float64)
    return np.resize(clip, n)


def _like(reference: Reference, noise: Floats, rate: int) -> Floats:
    """Return noise whose median level in each mel band is that of the normal clips that a model keeps."""
    wanted = reference.profiles[:, len(AT) // 2].mean(axis=0, dtype=np.float64)
    hertz = np.fft.rfftfreq(len(noise), 1 / rate)
    shaped = noise
    for _ in range(_STEPS):
        found = np.median(levels_of(shaped.astype(np.float32), rate), axis=1)
        away = np.clip(wanted - found, -_MOST_DB, _MOST_DB)
        gain = 10 ** (np.interp(hertz, mel_centres_hz(rate, band_count(rate)), away) / 20)
        shaped = np.fft.irfft(np.fft.rfft(shaped) * gain, len(noise))
    return shaped


def _in_16_bits(clip: Floats) -> NDArray[np.int16]:
    return np.clip(np.round(clip * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
