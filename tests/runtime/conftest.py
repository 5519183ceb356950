"""A small model: the root mean square of a window is its score."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.decision import Calibration as Reference
from offkey.graph import Builder
from offkey.runtime.calibration import Calibration, EventRule, Tail
from offkey.runtime.engine import NumpyEngine
from offkey.runtime.graph import Graph
from offkey.runtime.model import Model

RATE, WINDOW = 1000, 200
NORMAL = np.random.default_rng(1).gamma(4, 0.02, 99)
RULE = EventRule(hop_s=0.1, half_life=2.0, open_at=6.0, close_at=2.0, hold=5, usual=1.0, basis="Nothing.")


@pytest.fixture(scope="session")
def graph() -> Graph:
    """Root mean square, with the named tensor ``power`` on the way."""
    b = Builder()
    samples = b.cast(b.input("samples", np.float32, ("batch", WINDOW)), np.float64)
    power = b("ReduceMean", b("Mul", samples, samples), axes=[1], keepdims=0, name="power")
    b.output(b("Sqrt", power), "score", np.float64, ("batch",))
    return b.graph()


def calibration() -> Calibration:
    reference = Reference(NORMAL)
    tail = reference.tail
    threshold = reference.threshold(0.05).value
    return Calibration(sorted(NORMAL.tolist()), threshold, Tail(tail.shape, tail.scale, tail.location))


@pytest.fixture
def model(graph: Graph) -> Model:
    return Model(NumpyEngine(graph), calibration(), rate=RATE, window=WINDOW, hop=WINDOW, events=RULE)


def noise(n: int, level: float = 0.05, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (level * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)
