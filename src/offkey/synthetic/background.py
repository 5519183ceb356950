"""The factory around a machine: noise whose spectrum moves slowly, blows and voices far away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from offkey.synthetic.impacts import ring
from offkey.synthetic.levels import amplitude, rms
from offkey.synthetic.noise import coloured, slow_curve, white_spectrum
from offkey.synthetic.seeding import ParameterDraw
from offkey.synthetic.spans import envelope, parts
from offkey.synthetic.spectrum import Samples, frequencies, peaks, tilt, top_hz
from offkey.synthetic.tones import periodic

__all__ = ["Background", "Factory", "Recorded"]


class Background(Protocol):
    """Anything that makes background noise for a clip."""

    def sound(self, n: int, rate: int, rng: np.random.Generator) -> Samples:
        """Return `n` samples of noise, at any level."""
        ...


@dataclass(frozen=True)
class Factory:
    """Synthetic noise of a factory hall.

    Two noises, rumble and a broad hump of air and machinery, rise and fall independently within a few
    dB; ventilation hums; in some clips there are blows of a hammer or voices far away.
    """

    rumble_hz: float  # corner of the rumble
    fall_db: float  # per octave above the corner
    hump_hz: float  # centre
    hum_hz: float  # fundamental of the ventilation

    @classmethod
    def draw(cls, seed: int) -> Factory:
        """Draw the hall that belongs to the seed of a plant."""
        spread = ParameterDraw(seed, "factory", 0)
        return cls(
            rumble_hz=spread.uniform(90.0, 200.0),
            fall_db=spread.uniform(3.5, 5.0),
            hump_hz=spread.log_uniform(500.0, 1200.0),
            hum_hz=spread.uniform(85.0, 130.0),
        )

    def sound(self, n: int, rate: int, rng: np.random.Generator) -> Samples:
        """Return `n` samples of noise, at any level."""
        hz = frequencies(n, rate)
        drift = rng.normal(size=2)
        white = white_spectrum(n, rng)  # one for both: they differ in where they are loud, which decorrelates them
        rumble = coloured(n, tilt(hz, self.rumble_hz, self.fall_db + 0.2 * float(drift[0])), white)
        hump_hz = self.hump_hz * float(np.exp(0.1 * drift[1]))
        hump = coloured(n, peaks(hz, [(hump_hz, 0.8, 14.0)]) * tilt(hz, 1500.0, 7.0), white)
        noise = rumble * _swell(1.5, n, rate, rng) + np.float32(0.35) * hump * _swell(3.0, n, rate, rng)
        cycles = self.hum_hz * (1.0 + 0.002 * rng.normal()) * np.arange(n) / rate
        noise += np.float32(0.12) * periodic(cycles, {1: 1.0, 2: 0.6, 3: 0.3, 5: 0.15}, top_hz(rate) / 130.0, rng)
        if rng.random() < 0.4:
            noise += _hammer(n, rate, rng)
        if rng.random() < 0.3:
            noise += _voices(n, rate, rng)
        return noise


@dataclass(frozen=True)
class Recorded:
    """Background noise from recordings at the rate of the plant; a recording shorter than a clip is repeated."""

    pieces: Sequence[Samples] = field(repr=False)
    crossfade_s: float = 0.05  # from the end to the start of a repeated recording

    def sound(self, n: int, rate: int, rng: np.random.Generator) -> Samples:
        """Return `n` samples from a random place of a random piece."""
        piece = self.pieces[int(rng.integers(len(self.pieces)))].astype(np.float32)
        fade = min(int(self.crossfade_s * rate), len(piece) // 2)
        if fade:
            weight = np.linspace(0.0, np.pi / 2.0, fade, dtype=np.float32)
            piece = piece.copy()
            piece[:fade] = piece[:fade] * np.sin(weight) + piece[-fade:] * np.cos(weight)
            piece = piece[:-fade]
        start = int(rng.integers(len(piece)))
        return np.take(piece, np.arange(start, start + n), mode="wrap")


def _swell(depth_db: float, n: int, rate: int, rng: np.random.Generator) -> Samples:
    curve: Samples = np.exp(slow_curve(n, rate, 0.4, rng) * np.float32(depth_db / 8.686))
    return curve


def _hammer(n: int, rate: int, rng: np.random.Generator) -> Samples:
    """Return a row of blows on metal, with the tail of a large hall."""
    every_s, first_s = rng.uniform(0.3, 0.9), rng.uniform(0.0, 0.8 * n / rate)
    blows = first_s + every_s * (np.arange(rng.integers(1, 7)) + 0.05 * rng.normal())
    modes = [(float(rng.uniform(400.0, 4500.0)), float(rng.uniform(0.02, 0.08)), 1.0) for _ in range(6)]
    sound = ring(blows, rng.uniform(0.5, 1.0, len(blows)), modes, n, rate)
    loudest = float(np.abs(sound).max())
    return sound * (amplitude(float(rng.uniform(10.0, 24.0))) / np.float32(loudest)) if loudest > 0.0 else sound


def _voices(n: int, rate: int, rng: np.random.Generator) -> Samples:
    """Return a few calls that sound like speech from far away: a pitch, formants, syllables."""
    duration_s = n / rate
    calls = parts(duration_s, min(0.4, 2.0 / duration_s), int(rng.integers(1, 4)), rng)
    pitch = rng.uniform(100.0, 230.0) * np.exp(0.12 * slow_curve(n, rate, 3.0, rng).astype(np.float64))
    formants = [(float(rng.uniform(low, high)), 4.0) for low, high in ((350, 800), (900, 1900), (2200, 2900))]
    mean_hz = float(pitch.mean())
    harmonics = {k: _formant_gain(k * mean_hz, formants) / k for k in range(1, 25)}
    voice = periodic(np.cumsum(pitch) / rate, harmonics, top_hz(rate) / float(pitch.max()), rng)
    syllables = np.clip(0.4 + slow_curve(n, rate, 5.0, rng), 0.0, 1.5)
    speech: Samples = voice * syllables * envelope(calls, n, rate, rise_s=0.05, fall_s=0.1)
    return speech * np.float32(rng.uniform(0.6, 2.0) / (rms(voice) + 1e-9))


def _formant_gain(hz: float, formants: list[tuple[float, float]]) -> float:
    return sum(1.0 / (1.0 + (quality * (hz / centre - centre / hz)) ** 2) for centre, quality in formants) + 0.05
