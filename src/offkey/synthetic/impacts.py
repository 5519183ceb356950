"""Blows, and the resonances that they make ring."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.synthetic.spectrum import Samples, forward, inverse, top_hz

__all__ = ["Mode", "impulses", "ring"]

Mode = tuple[float, float, float]
"""Frequency in Hz, decay time in seconds (to 1/e of the amplitude), and amplitude of a resonance."""

_FEW = 120
"""So many parts of blows or fewer are added one by one, which is then faster than a convolution by spectra."""


def impulses(times_s: ArrayLike, forces: ArrayLike, n: int, rate: int) -> Samples:
    """Return a signal of `n` samples with impulses; those outside it are left out.

    An impulse between two samples is divided among them. `forces` has shape (k,) like `times_s`, or is one number.
    """
    train = np.zeros(n, dtype=np.float32)
    np.add.at(train, *_divided(times_s, forces, n, rate))
    return train


def ring(times_s: ArrayLike, forces: ArrayLike, modes: Iterable[Mode], n: int, rate: int) -> Samples:
    """Return the response of resonances to blows at `times_s`; modes too high for the rate are left out."""
    response = _response(modes, n, rate)
    struck, force = _divided(times_s, forces, n, rate)
    if len(struck) > _FEW:
        whole = np.zeros(n, dtype=np.float32)
        whole[: len(response)] = response
        return inverse(forward(impulses(times_s, forces, n, rate)) * forward(whole), n)
    sound = np.zeros(n + len(response), dtype=np.float32)
    for index, strength in zip(struck, force, strict=True):
        sound[index : index + len(response)] += strength * response
    return sound[:n]


def _divided(times_s: ArrayLike, forces: ArrayLike, n: int, rate: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Divide each blow among the two samples that it falls between: their numbers, and the parts of its force."""
    position = np.asarray(times_s, dtype=np.float64) * rate
    force = np.broadcast_to(np.asarray(forces, dtype=np.float64), position.shape)
    inside = (position >= 0) & (position < n - 1)
    index = position[inside].astype(np.int64)
    later = (position[inside] - index) * force[inside]
    parts = np.concatenate([force[inside] - later, later])
    return np.concatenate([index, index + 1]), parts.astype(np.float32)


def _response(modes: Iterable[Mode], n: int, rate: int) -> Samples:
    audible = [mode for mode in modes if mode[0] <= top_hz(rate)]
    longest_s = max((decay_s for _, decay_s, _ in audible), default=0.0)
    response = np.zeros(min(n, int(7.0 * longest_s * rate) + 1), dtype=np.float32)
    for centre_hz, decay_s, strength in audible:
        time_s = np.arange(min(n, int(7.0 * decay_s * rate) + 1)) / rate
        wave = strength * np.exp(-time_s / decay_s) * np.sin(2.0 * np.pi * centre_hz * time_s)
        response[: len(wave)] += wave.astype(np.float32)
    return response
