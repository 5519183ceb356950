"""Whether two recordings hold the same moment of sound, however loud, however encoded, cut or with a little noise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import hann

__all__ = ["Fingerprint", "fingerprint", "likeness"]

Fingerprint = NDArray[np.int8]
"""Phases of four parts of a sound, in 1/127 of pi, shape (4, 2049); -128 where there is no sound."""

_PARTS, _SAMPLES = 4, 4096  # from the middle, so that what is cut off the ends may be a tenth of a second at 16 kHz
_LOCAL = 32  # samples on both sides, over which the whitened sound is made equally loud
_AT_ONCE = 64  # pairs whose correlations are held at a time
_TINY = 1e-30
_NONE = -128


def fingerprint(samples: NDArray[np.float32]) -> Fingerprint | None:
    """Return the phases of the middle of a sound, after its spectrum and its course in time were made flat.

    A spectrum made flat leaves no weight to the tones that all clips of a machine share, and a course made flat none to
    its knocks; what is left is the noise of one moment, which no other moment has.

    `samples`: shape (n,); one channel.
    Returns: shape (4, 2049); None for a sound whose middle is silent.
    """
    length = _PARTS * _SAMPLES
    before = (length - len(samples)) // 2  # of a longer sound below 0: so many are left out
    middle = samples[max(0, -before) : max(0, -before) + length].astype(np.float64)
    middle -= middle.mean()
    if not middle.any():
        return None
    spectrum = np.fft.rfft(middle * hann(len(middle) + 2, symmetric=True, dtype=np.float64)[1:-1], length)
    white = np.fft.irfft(spectrum / np.maximum(np.abs(spectrum), _TINY), length)[: len(middle)]
    power = np.concatenate([[0.0], np.cumsum(white**2)])
    low, high = _around(len(white))
    flat = np.zeros(length)
    inside = slice(max(0, before), max(0, before) + len(white))
    flat[inside] = white / np.sqrt((power[high] - power[low]) / (high - low) + _TINY)
    parts = flat.reshape(_PARTS, _SAMPLES)
    phases = np.angle(np.fft.rfft(parts * hann(_SAMPLES, symmetric=True, dtype=np.float64), axis=1)) * (127 / np.pi)
    found: Fingerprint = np.round(phases).astype(np.int8)
    found[~parts.any(axis=1)] = _NONE
    return found


def likeness(one: Sequence[Fingerprint], other: Sequence[Fingerprint]) -> NDArray[np.float64]:
    """Return how much of the same moment each pair of sounds holds.

    The highest value, over all delays, of the correlation of the phases (the phase transform of C. Knapp & G. Carter,
    "The generalized correlation method for estimation of time delay", IEEE Trans. ASSP 24(4), 1976), as a mean over the
    parts: all must have the same delay.

    `one`, `other`: the first and the second sound of each pair.
    Returns: shape (n_pairs,); about 1 for the same moment; different moments have less than 0.1, and more only where
        little of them is noise.
    """
    turn = np.exp(1j * np.pi / 127 * np.arange(-254, 255)).astype(np.complex64)
    found = np.zeros(len(one))
    for first in range(0, len(one), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        a, b = np.array(one[some], np.int16), np.array(other[some], np.int16)
        known = (a != _NONE) & (b != _NONE)
        apart = np.where(known, turn[np.where(known, a - b, 0) + 254], 0).sum(axis=1)
        parts = np.maximum(known.any(axis=2).sum(axis=1), 1)
        found[some] = np.abs(np.fft.irfft(apart, axis=1)).max(axis=1) / parts
    return found


@lru_cache(maxsize=8)
def _around(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the samples around each of `n` start and end."""
    place = np.arange(n)
    return np.maximum(place - _LOCAL, 0), np.minimum(place + _LOCAL + 1, n)
