"""Stretches of time: drawing them, and fading a sound in and out by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.synthetic.spectrum import Samples

__all__ = ["Spans", "choose", "envelope", "parts"]

Spans = tuple[tuple[float, float], ...]
"""Stretches of a clip as (start, end) in seconds, in their order and apart."""


def parts(duration_s: float, share: float, count: int, rng: np.random.Generator) -> Spans:
    """Draw `count` spans, of unequal length at unequal distances, that together fill a share of the clip."""
    filled = rng.dirichlet(np.full(count, 4.0)) * duration_s * share
    free = rng.dirichlet(np.full(count + 1, 1.5)) * duration_s * (1.0 - share)
    ends = np.cumsum(free[:count] + filled)
    return tuple((float(end - length), float(end)) for end, length in zip(ends, filled, strict=True))


def choose(spans: Sequence[tuple[float, float]], count: int, rng: np.random.Generator) -> list[int]:
    """Draw `count` numbers of stretches without repeating, in their order."""
    return sorted(int(number) for number in rng.choice(len(spans), size=min(count, len(spans)), replace=False))


def envelope(
    spans: Sequence[tuple[float, float]], n: int, rate: int, *, rise_s: float = 0.01, fall_s: float = 0.01
) -> Samples:
    """Return a gain that is 1 inside the spans and 0 outside, with raised-cosine edges inside, half a span at most."""
    gain = np.zeros(n, dtype=np.float32)
    for start_s, end_s in spans:
        start, end = max(0, round(start_s * rate)), min(n, round(end_s * rate))
        if end <= start:
            continue
        piece = np.ones(end - start, dtype=np.float32)
        rise, fall = (min(int(edge_s * rate), len(piece) // 2) for edge_s in (rise_s, fall_s))
        if rise:
            piece[:rise] = _edge(rise)
        if fall:
            piece[-fall:] = np.minimum(piece[-fall:], _edge(fall)[::-1])
        gain[start:end] = np.maximum(gain[start:end], piece)
    return gain


def _edge(length: int) -> Samples:
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / length)).astype(np.float32)
