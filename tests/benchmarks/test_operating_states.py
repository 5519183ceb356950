from __future__ import annotations

import numpy as np
import pytest
from benchmarks.operating_states import CASES, HIGH, LOW, OFF, machine, outcome


def test_a_machine_is_as_long_under_load_as_it_should_be() -> None:
    sound = machine(20, 0.3, np.random.default_rng(0), nights=True)
    by_day = sound.state[sound.state != OFF]
    assert (by_day == HIGH).mean() == pytest.approx(0.3, abs=0.07)
    assert (sound.state == OFF).mean() == pytest.approx(1 / 3, abs=0.01)
    assert sound.sounds[sound.state == HIGH, 0].mean() - sound.sounds[sound.state == LOW, 0].mean() > 6


def test_faults_under_low_load_are_found_by_state_and_hidden_without() -> None:
    by_state, alike = (outcome(3, CASES["as in the shadow"], 3, with_states=one) for one in (True, False))
    assert by_state is not None
    assert alike is not None
    assert by_state.found > 14 > 4 > alike.found
    assert by_state.block_min < alike.block_min
