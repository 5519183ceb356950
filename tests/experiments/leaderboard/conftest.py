"""Systems with made-up scores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from offkey.experiments.cell import CellKey
from offkey.experiments.system import LabelledScore, System

SystemMaker = Callable[..., System]


@pytest.fixture
def make_system() -> SystemMaker:
    """Return a function that makes a system whose anomalies score higher by a number of standard deviations."""

    def make(
        name: str,
        lead: float,
        *,
        machines: tuple[str, ...] = ("fan", "pump"),
        sections: tuple[str, ...] = ("00",),
        title: str = "",
    ) -> System:
        rng = np.random.default_rng(7)
        cells = {}
        for key in (CellKey("dev", machine, section, None) for machine in machines for section in sections):
            noise = rng.normal(size=60)
            cells[key] = {
                f"{number}.wav": LabelledScore(float(noise[number] + lead * (number % 2)), number % 2, "")
                for number in range(60)
            }
        return System(name, title or name, cells)

    return make


@pytest.fixture
def two_systems(make_system: SystemMaker) -> list[System]:
    """One that finds anomalies, and one that hardly does."""
    return [make_system("good", 2.0), make_system("poor", 0.2)]
