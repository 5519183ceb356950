"""Clips to learn from, made in memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from offkey.features.learning import Origin, TrainingClip

ClipMaker = Callable[..., TrainingClip]


@pytest.fixture(scope="session")
def make_clip(hum) -> ClipMaker:
    """Return a maker of clips of one second: machine ``b`` has a tone that ``a`` has not."""

    def make(
        number: int, machine: str | None = None, attributes: str | None = None, *, seconds: float = 1.0
    ) -> TrainingClip:
        sound = hum(number, tone_hz=700 if machine == "b" else None, seconds=seconds)
        origin = Origin(machine, "00" if machine else None, attributes)
        return TrainingClip(f"{number}.wav", f"{number}|{machine}|{seconds}", lambda: [sound], origin)

    return make


@pytest.fixture(scope="session")
def two_machines(make_clip: ClipMaker) -> list[TrainingClip]:
    """Twelve clips of each of two machines."""
    return [make_clip(number, "ab"[number % 2]) for number in range(24)]


@pytest.fixture
def unit_rows() -> Callable[..., np.ndarray]:
    """Return a function: seed and shape to random vectors of length 1 along the last axis."""

    def make(seed: int, *shape: int) -> np.ndarray:
        rows = np.random.default_rng(seed).standard_normal(shape)
        return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)

    return make
