"""A machine whose clips differ, for tests that ask how clips were recorded."""

from __future__ import annotations

import numpy as np

RATE = 16_000


def plant(
    number: int, *, gain: float = 1.0, noise: float = 1.0, tone_hz: float | None = None, tone: float = 0.004
) -> np.ndarray:
    """A second of a machine whose level and noise differ from clip to clip by a few dB; with a tone it is faulty."""
    rng = np.random.default_rng(number)
    t = np.arange(RATE) / RATE
    sound = 0.05 * rng.uniform(0.8, 1.25) * np.sin(2 * np.pi * 120 * t + rng.uniform(0, 6))
    sound += 0.01 * rng.uniform(0.8, 1.25) * noise * rng.standard_normal(RATE)
    if tone_hz is not None:
        sound += tone * np.sin(2 * np.pi * tone_hz * t)
    return (gain * sound).astype(np.float32)
