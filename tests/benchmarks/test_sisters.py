from __future__ import annotations

import numpy as np
import pytest
from benchmarks.sister_machines import ARRAY_PARAMS, NewMachine
from benchmarks.sisters import pairs_of, print_areas, print_decisions, print_losses

from offkey import features
from offkey.model.config import make_config


def _clips(seed: int, n: int, fault: float = 0.0) -> np.ndarray:
    """Levels of 128 bands that vary along three directions, the same for all machines, about a mean of their own."""
    rng, of_all = np.random.default_rng(seed), np.random.default_rng(99)
    mean, directions = rng.normal(-60, 6, 128), of_all.normal(size=(3, 128))
    clips = mean + 3 * rng.normal(size=(n, 3)) @ directions + 0.3 * rng.normal(size=(n, 128))
    clips[:, 40:44] += fault
    return clips.astype(np.float32)


@pytest.fixture
def machine() -> NewMachine:
    config = make_config(detector="mahalanobis", features_params=ARRAY_PARAMS)
    normal = _clips(0, 60)
    faulty = normal[-20:].copy()
    faulty[:, 40:44] += 1.5
    front_end = features.create("logmel", **config.features_params)
    return NewMachine("fans", "fan 0", normal[:40], faulty, [_clips(1, 60)], front_end, config)


def test_a_machine_gains_by_its_sister(machine: NewMachine, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = pairs_of(machine, [10, 40], repeats=1)
    assert found.used
    assert found.clips == 10  # 40 would leave none to test
    assert found.together.areas[0] > found.alone.areas[0] + 0.05
    print_areas([found], [10, 20])
    print_decisions([found], [10])
    print_losses([found])
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    assert rows[2][:2] == ["| fans", "its clips"]
    assert rows[3][1] == "sisters as well"
    assert rows[3][3] == " |"
    assert rows[7][-1] == "0.00 |"
