from __future__ import annotations

import numpy as np
import pytest
from benchmarks.encoder_pooling import FORMS, KEPT, POOLINGS, Row, best_of, measured
from benchmarks.peers import Case
from numpy.typing import NDArray

RATE = 16_000


class Bands:
    """A network that gives the level of four bands in each tenth of a second, in two dimensions."""

    rate, min_samples = RATE, RATE // 10

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
        power = np.abs(np.fft.rfft(frames, axis=1)[:, :800]) ** 2
        levels = np.log(power.reshape(len(frames), 4, 200).mean(axis=2) + 1e-6).T
        return np.stack([levels, -levels]).astype(np.float32)


def _clips(seed: int, n: int, tone: float = 0.0) -> list[NDArray[np.float32]]:
    rng, t = np.random.default_rng(seed), np.arange(RATE) / RATE
    return [
        (0.1 * rng.standard_normal(RATE) + tone * np.sin(2 * np.pi * 3000 * t)).astype(np.float32) for _ in range(n)
    ]


@pytest.fixture(scope="module")
def row() -> Row:
    case = Case("hum", _clips(0, 24), _clips(1, 6), _clips(2, 6, tone=0.05), RATE)
    return measured({KEPT: Bands(), "head": Bands()}, case, "none")


def test_every_combination_is_measured_on_test_clips_and_on_planted_faults(row: Row) -> None:
    of_patches = sum(name == "subband_density" for name, _ in FORMS.values())
    assert len(row.tested) == len(POOLINGS) * (2 * len(FORMS) - of_patches)
    assert row.tested.keys() == row.planted.keys()
    assert row.tested[KEPT, "mean", "nearest clip"][0] > 0.9
    assert row.tested[KEPT, "mean", "by patch, ratio"][0] > 0.9


def test_labels_of_test_clips_have_no_say_in_the_choice(row: Row) -> None:
    turned = {one: (1 - area, 1 - partial) for one, (area, partial) in row.tested.items()}
    assert best_of([row], planted=True) == best_of([row._replace(tested=turned)], planted=True)
    assert best_of([row], planted=False) != best_of([row._replace(tested=turned)], planted=False)
