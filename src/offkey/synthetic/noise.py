"""Random signals: noise of a given spectrum, slow curves, and crackle."""

from __future__ import annotations

import numpy as np

from offkey.synthetic.spectrum import Samples, Shape, Spectrum, inverse

__all__ = ["coloured", "crossed", "slow_curve", "white_spectrum"]


def white_spectrum(n: int, rng: np.random.Generator) -> Spectrum:
    """Return the spectrum of Gaussian white noise of `n` samples with variance 1."""
    size = n // 2 + 1
    pairs = rng.standard_normal(2 * size, dtype=np.float32) * np.float32(np.sqrt(n / 2.0))
    spectrum = pairs.view(np.complex64)
    spectrum[0] = 0.0
    return spectrum


def coloured(n: int, shape: Shape, source: np.random.Generator | Spectrum) -> Samples:
    """Return Gaussian noise of variance 1 with the form of `shape`, the amplitude at each of n // 2 + 1 frequencies.

    `source` is a random generator, or the spectrum of white noise.
    """
    white = white_spectrum(n, source) if isinstance(source, np.random.Generator) else source
    return inverse(white * (shape / np.sqrt(np.mean(shape**2) + np.float32(1e-20))), n)


def slow_curve(n: int, rate: int, highest_hz: float, rng: np.random.Generator) -> Samples:
    """Return a random curve without any frequency above `highest_hz`, mean about 0, variance about 1.

    It has some 24 points for the shortest period, and straight lines between them.
    """
    count = max(1, int(highest_hz * n / rate))
    points = max(64, 24 * count)
    spectrum = np.zeros(points // 2 + 1, dtype=np.complex64)
    pairs = rng.standard_normal(2 * count, dtype=np.float32)
    spectrum[1 : count + 1] = pairs.view(np.complex64) * np.float32(points / (2.0 * np.sqrt(count)))
    nodes = inverse(spectrum, points)
    step = -(-n // points)
    ramp = np.arange(step, dtype=np.float32) / np.float32(step)
    lines = nodes[:, None] + (np.roll(nodes, -1) - nodes)[:, None] * ramp
    return lines.reshape(-1)[:n]


def crossed(curve: Samples, share: float, rate: int, shortest_s: float) -> list[tuple[float, float]]:
    """Return when a curve, in a share of the time, lies above a level: start and end in seconds.

    Stretches shorter than `shortest_s` are left out, except the longest.
    """
    level = np.quantile(curve[:: 1 + len(curve) // 8192], 1.0 - share)  # of a slow curve, every so many will do
    above = np.concatenate([[False], curve > level, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2) / rate
    lengths = edges[:, 1] - edges[:, 0]
    if len(edges) == 0:
        return []
    kept = edges[lengths >= min(shortest_s, lengths.max())]
    return [(float(start), float(end)) for start, end in kept]
