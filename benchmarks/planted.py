"""Faults planted in real normal clips, strong, middle and weak: short, in time, in pitch, and as sound of their own.

Peaks and tones are levels over the clip's own RMS; leaks (a hiss), rattles and harmonics (of misalignment) are
those of `offkey.synthetic.mix_fault`, at a level over the clip in their own band. Of one clip a fault is drawn alike at
every strength.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.ndimage import map_coordinates

from benchmarks.proxy_clips import Samples
from offkey.synthetic import mix_fault

__all__ = ["FAULTS", "STRENGTHS", "plant"]

STRENGTHS = ("strong", "middle", "weak")
CLICKS, CLICK_S = 3, 0.002
KNOCK_HZ, KNOCK_S = 2.0, 0.03
FADE_S = 0.01

Plant = Callable[[Samples, int, float, np.random.Generator], Samples]


def clicks(clip: Samples, rate: int, peak_db: float, rng: np.random.Generator) -> Samples:
    """Add three short bursts at random times; `peak_db`: their peak over the clip's RMS."""
    length = max(4, round(CLICK_S * rate))
    burst = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
    return _struck(clip, rng.integers(0, len(clip) - length, CLICKS), burst, peak_db)


def knocks(clip: Samples, rate: int, peak_db: float, rng: np.random.Generator) -> Samples:
    """Add a ringing blow twice a second; `peak_db`: its peak over the clip's RMS."""
    t = np.arange(min(len(clip) // 2, round(4 * KNOCK_S * rate))) / rate
    blow = np.exp(-t / KNOCK_S) * np.sin(2 * np.pi * rng.uniform(400.0, 1500.0) * t)
    first = int(rng.integers(max(1, min(len(clip) - len(t), round(rate / KNOCK_HZ)))))
    return _struck(clip, np.arange(first, len(clip) - len(t) + 1, round(rate / KNOCK_HZ)), blow, peak_db)


def modulation(clip: Samples, rate: int, depth: float, rng: np.random.Generator) -> Samples:
    """Let the level beat 4 to 10 times a second; `depth`: share of the amplitude by which it rises and falls."""
    t = np.arange(len(clip)) / rate
    beat = 1 + depth * np.sin(2 * np.pi * (rng.uniform(4.0, 10.0) * t + rng.random()))
    return _as_loud_as(clip, clip * beat)


def dropout(clip: Samples, rate: int, length_s: float, rng: np.random.Generator) -> Samples:
    """Lower the level once by 12 dB; `length_s`: for how long, half the clip at most."""
    length = min(round(length_s * rate), len(clip) // 2)
    start, fade = int(rng.integers(len(clip) - length)), max(1, round(FADE_S * rate))
    inside = np.zeros(len(clip))
    inside[start : start + length] = 1.0
    inside = np.convolve(inside, np.full(fade, 1 / fade), mode="same")
    return np.asarray(clip * 10 ** (-12 * inside / 20), np.float32)


def wobble(clip: Samples, rate: int, share: float, rng: np.random.Generator) -> Samples:
    """Let pitch and speed waver 1 to 3 times a second; `share`: by how much of themselves."""
    t, waver_hz = np.arange(len(clip)) / rate, rng.uniform(1.0, 3.0)
    ahead = share / (2 * np.pi * waver_hz) * np.sin(2 * np.pi * (waver_hz * t + rng.random()))
    return _read_at(clip, np.arange(len(clip)) + ahead * rate)


def speed(clip: Samples, rate: int, share: float, rng: np.random.Generator) -> Samples:
    """Let the machine run faster, pitch and all; `share`: by how much of its speed. The end is read backwards."""
    first = rng.random() * share * len(clip)
    return _read_at(clip, first + np.arange(len(clip)) * (1 + share))


def growing_tone(clip: Samples, rate: int, end_db: float, rng: np.random.Generator) -> Samples:
    """Add a tone that grows from nothing; `end_db`: its RMS over the clip's at the end."""
    t = np.arange(len(clip)) / rate
    tone = np.sin(2 * np.pi * rng.uniform(500.0, min(3000.0, 0.3 * rate)) * t + rng.uniform(0, 2 * np.pi))
    return np.asarray(clip + _rms(clip) * 10 ** (end_db / 20) * np.sqrt(2) * tone * t / t[-1], np.float32)


def mixed(fault: str, clip: Samples, rate: int, snr_db: float, rng: np.random.Generator) -> Samples:
    """Mix in a fault of the generator of synthetic machines; `snr_db`: its level over the clip in its own band."""
    return mix_fault(clip, rate, fault=fault, snr_db=snr_db, rng=rng)[0]


FAULTS: dict[str, tuple[Plant, tuple[float, float, float]]] = {
    "clicks, peak +24 / +18 / +12 dB": (clicks, (24.0, 18.0, 12.0)),
    "knocks at 2 Hz, peak +12 / +6 / 0 dB": (knocks, (12.0, 6.0, 0.0)),
    "amplitude modulation of .6 / .3 / .15": (modulation, (0.6, 0.3, 0.15)),
    "dropout of 12 dB for 1 / .5 / .25 s": (dropout, (1.0, 0.5, 0.25)),
    "pitch wobble of 3 / 1 / .3 %": (wobble, (0.03, 0.01, 0.003)),
    "speed, 5 / 3 / 1.5 % faster": (speed, (0.05, 0.03, 0.015)),
    "growing tone, end 0 / -10 / -20 dB": (growing_tone, (0.0, -10.0, -20.0)),
    "hiss, +6 / 0 / -6 dB": (partial(mixed, "leak"), (6.0, 0.0, -6.0)),
    "rattle, +6 / 0 / -6 dB": (partial(mixed, "rattle"), (6.0, 0.0, -6.0)),
    "harmonics, +6 / 0 / -6 dB": (partial(mixed, "misalignment"), (6.0, 0.0, -6.0)),
}
"""How each fault is planted, and how much of it at each strength."""


def plant(clip: Samples, rate: int, fault: str, strength: str, number: int, seed: int = 0) -> Samples:
    """Return a clip with a fault; `number`: which clip it is, by which the fault is drawn."""
    does, amounts = FAULTS[fault]
    rng = np.random.default_rng((seed, list(FAULTS).index(fault), number))
    return does(clip, rate, amounts[STRENGTHS.index(strength)], rng)


def _struck(clip: Samples, starts: NDArray[np.int64], blow: NDArray[np.float64], peak_db: float) -> Samples:
    struck = clip.astype(np.float64)
    blow = blow * (_rms(clip) * 10 ** (peak_db / 20) / np.abs(blow).max())
    for start in starts:
        struck[start : start + len(blow)] += blow
    return struck.astype(np.float32)


def _read_at(clip: Samples, places: NDArray[np.floating[Any]]) -> Samples:
    """Return a clip read at places between its samples, mirrored at its ends.

    Cubic splines at twice the rate, made and left by whole spectra: a filter would change the highest bands, and by
    them a detector could tell a wobble of nothing.
    """
    n = len(clip)
    twice = 2 * irfft(rfft(clip.astype(np.float64)), 2 * n)
    between = np.interp(np.arange(2 * n) / 2, np.arange(n), places)
    between[-1] += (places[-1] - places[-2]) / 2  # half a step behind the last
    read = map_coordinates(twice, [2 * between], order=3, mode="mirror")
    return np.asarray(irfft(rfft(read)[: n // 2 + 1], n) / 2, np.float32)


def _as_loud_as(clip: Samples, changed: NDArray[np.floating[Any]]) -> Samples:
    return np.asarray(changed * (_rms(clip) / _rms(changed)), np.float32)


def _rms(clip: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(clip, dtype=np.float64))))
