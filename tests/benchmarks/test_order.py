from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.order import rows, vectors
from benchmarks.order_clips import CLIP_S, FAULTS, Cycles, cycles_of, fault_in, load_cycles, machines, synthetic
from benchmarks.proxy_clips import RATE


@pytest.fixture(scope="module")
def machine() -> Cycles:
    return synthetic(0)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_drawn_alike_and_stronger_by_strength(machine: Cycles, fault: str) -> None:
    normal = cycles_of(machine, range(3, 4), 0)[0]
    strong, again, weak = (fault_in(machine, fault, strength, range(3, 4), 0)[0] for strength in (0, 0, 2))
    assert len(strong) == CLIP_S * RATE
    assert np.array_equal(strong, again)
    assert not np.array_equal(strong, weak)
    assert not np.array_equal(weak, normal)


def test_a_late_stroke_is_found_by_the_cycle(machine: Cycles) -> None:
    train, normal = vectors(cycles_of(machine, range(20), 0)), vectors(cycles_of(machine, range(20, 30), 0))
    late = list(FAULTS)[1]
    cells = rows(train, normal, {late: [vectors(fault_in(machine, late, 0, range(20, 30), 0))]})[late]
    without, default, alone = map(float, cells)
    assert without < 0.8 < default
    assert alone > 0.8


def test_machines_are_made_of_real_sound_that_the_two_parts_do_not_share(shared_data: Path) -> None:
    for known, new in zip(machines(shared_data, 0), machines(shared_data, 1), strict=True):
        assert known.name == new.name
        for sound in known.strokes[0]:
            assert not any(np.array_equal(sound, other) for other in new.strokes[0])
    forth, back = (load_cycles(shared_data, 0, range(1), 0, share)[0] for share in (0.0, 1.0))
    assert forth.shape == back.shape
    assert not np.array_equal(forth, back)
