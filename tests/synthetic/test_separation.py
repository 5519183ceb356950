"""What the generator is for: faults that a proper feature finds and loudness does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.synthetic import Plant, faults, machines

Floats = NDArray[np.float64]
STEADY, STROKES = Plant(0, duration_s=4.0, snr_db=6.0), Plant(0, duration_s=10.0, snr_db=6.0)
PLANTS = {"fan": STEADY, "pump": STEADY, "slider": STROKES, "valve": STROKES}
PAIRS = [(machine, fault) for machine in machines() for fault in faults(machine)]
TRAIN, TEST, SLIGHT = 40, 16, 8


class Bench:
    """Normal clips of one machine, as statistics of their log-mel spectrogram and as levels."""

    def __init__(self, machine: str, log_mel: Callable[[NDArray[np.float32], int], Floats]) -> None:
        self.machine, self.log_mel = machine, log_mel
        self.train, train_levels = self.measure(range(TRAIN))
        self.normal, test_levels = self.measure(range(TRAIN, TRAIN + TEST))
        self.levels = np.concatenate([train_levels, test_levels])

    def measure(
        self, numbers: range, fault: str | None = None, severity: float = 1.0, domain: str = "source"
    ) -> tuple[Floats, Floats]:
        rows, levels = [], []
        for number in numbers:
            clip = PLANTS[self.machine].clip(self.machine, 0, number, fault=fault, severity=severity, domain=domain)
            bands = self.log_mel(clip.samples, clip.rate)
            rows.append(np.concatenate([bands.mean(0), bands.std(0), *np.quantile(bands, [0.05, 0.95], axis=0)]))
            levels.append(20.0 * np.log10(np.std(clip.samples)))
        return np.array(rows), np.array(levels)

    def score(self, rows: Floats) -> Floats:
        """Distance to the nearest normal clip, each number in units of its spread."""
        scale = self.train.std(axis=0) + 0.3
        return np.min(np.linalg.norm((rows[:, None] - self.train[None]) / scale, axis=2), axis=1)


@pytest.fixture(scope="module")
def bench(log_mel: Callable[[NDArray[np.float32], int], Floats]) -> Callable[[str], Bench]:
    made: dict[str, Bench] = {}

    def get(machine: str) -> Bench:
        if machine not in made:
            made[machine] = Bench(machine, log_mel)
        return made[machine]

    return get


@pytest.mark.parametrize(("machine", "fault"), PAIRS)
def test_a_fault_shows_in_the_spectrum_by_severity_but_not_in_the_level(
    machine: str, fault: str, bench: Callable[[str], Bench], auc: Callable[[Floats, Floats], float]
) -> None:
    normal = bench(machine)
    severe, levels = normal.measure(range(TRAIN, TRAIN + TEST), fault, 1.0)
    slight, _ = normal.measure(range(TRAIN, TRAIN + SLIGHT), fault, 0.3)
    of_normal, of_severe, of_slight = (normal.score(rows) for rows in (normal.normal, severe, slight))
    assert auc(of_normal, of_severe) >= 0.85
    assert auc(of_slight, of_severe) >= 0.7  # what is worse is easier
    assert auc(of_normal, of_slight) <= auc(of_normal, of_severe)
    assert 0.35 <= auc(normal.levels, levels) <= 0.65
    assert np.abs(levels - normal.levels[TRAIN:]).max() < 0.5  # the same clips, with and without the fault


def test_levels_of_normal_clips_vary_naturally(machine: str, bench: Callable[[str], Bench]) -> None:
    assert 1.0 <= np.std(bench(machine).levels) <= 5.0


def test_the_target_domain_sounds_different(
    machine: str, bench: Callable[[str], Bench], auc: Callable[[Floats, Floats], float]
) -> None:
    normal = bench(machine)
    target, _ = normal.measure(range(12), domain="target")
    assert auc(normal.score(normal.normal), normal.score(target)) >= 0.6
