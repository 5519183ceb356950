"""Ten clips that every exported model is checked by: machines, noise, and the ends of what a converter can give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offkey.synthetic import Plant, machines

__all__ = ["FULL_SCALE", "make_clips"]

FULL_SCALE = 32_768
"""The whole number that stands for 1 in samples of 16 bits."""

Floats = NDArray[np.float64]
_LEAST_RATE, _MOST_RATE, _LEAST_S, _MOST_S = 8_000, 192_000, 2.0, 600.0  # that a plant can make


def make_clips(rate: int, n: int) -> dict[str, NDArray[np.int16]]:
    """Return ten clips by name: each shape (n,), of 16 bits.

    `rate`: sampling rate in Hz.
    `n`: samples of a clip.
    """
    rng = np.random.default_rng(0)
    clips = {name: _of_machine(name, rate, n) for name in machines()}
    noise = rng.standard_normal(n)
    clips |= {f"noise at {level} dB": 10 ** (level / 20) * noise for level in (-12, -36, -60)}
    clips["click"] = _click(clips["fan"])
    clips["last bit"] = rng.integers(-1, 2, n) / FULL_SCALE
    clips["clipped"] = 30 * clips["slider"] / np.abs(clips["slider"]).max()
    return {name: _in_16_bits(clip) for name, clip in clips.items()}


def _of_machine(machine: str, rate: int, n: int) -> Floats:
    """Return the sound of a synthetic machine; at rates that no plant has, it is played at another speed."""
    near = int(np.clip(rate, _LEAST_RATE, _MOST_RATE))
    seconds = float(np.clip(n / near, _LEAST_S, _MOST_S))
    clip = Plant(0, rate=near, duration_s=seconds).clip(machine).samples.astype(np.float64)
    return np.resize(clip, n)


def _click(clip: Floats) -> Floats:
    clicked = clip.copy()
    clicked[len(clip) // 2] += 0.9
    return clicked


def _in_16_bits(clip: Floats) -> NDArray[np.int16]:
    whole: Callable[[Floats], Floats] = np.round
    return np.clip(whole(clip * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
