from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.states import level_gate


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_two_levels_well_apart_have_a_gate_between_them(rng: np.random.Generator) -> None:
    levels = np.concatenate([rng.normal(-60, 1, 300), rng.normal(-40, 2, 1000), [np.nan]])
    assert level_gate(levels) == pytest.approx(-50, abs=1)


@pytest.mark.parametrize("apart", [0, 4, 8])
def test_one_level_or_two_that_are_loads_have_none(rng: np.random.Generator, apart: float) -> None:
    assert level_gate(np.concatenate([rng.normal(-40 - apart, 1, 500), rng.normal(-40, 1, 500)])) is None


def test_levels_that_spread_evenly_have_none(rng: np.random.Generator) -> None:
    assert level_gate(rng.uniform(-70, -30, 2000)) is None
    assert level_gate([]) is None
