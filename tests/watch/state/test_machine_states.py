"""Windows get their state, and a long stay in one that is not judged is a note."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.states import OperatingStates
from offkey.watch.scored_window import ScoredWindow
from offkey.watch.state.machine_states import MachineStates

HOP_S = 60.0


@pytest.fixture
def states() -> MachineStates:
    """Of a machine that is off for ten hours of each day."""
    rng = np.random.default_rng(0)
    levels = np.tile(np.repeat([-40.0, -70.0], [14 * 60, 10 * 60]), 3)
    sounds = rng.normal(0, 0.5, (len(levels), 2)) + levels[:, None]
    found = OperatingStates.find(sounds, rng.exponential(1.0, len(levels)) + 9 * (levels < -50), hop_s=HOP_S)
    return MachineStates(found, found.of(sounds), HOP_S)


def notes(states: MachineStates, level_db: float, hours: int) -> list[tuple[float, str]]:
    found = []
    for number in range(hours * 60):
        states.judge(ScoredWindow(number * HOP_S, (number + 1) * HOP_S, 0.1, 0.5, 5.0, sound=(level_db, level_db)))
        if states.note is not None:
            found.append(((number + 1) / 60, states.note))
    return found


def test_a_stay_is_noted_once_when_it_is_longer_than_a_day_and_twice_the_longest_before(states: MachineStates) -> None:
    ((hours, sentence),) = notes(states, -70.0, 60)
    assert hours == 24.0
    assert sentence.startswith("It has been off for 24 hours, and for 10 hours at the longest in the shadow.")
    assert notes(states, -40.0, 30) == []
    assert len(notes(states, -70.0, 30)) == 1


def test_a_window_is_judged_in_its_state(states: MachineStates) -> None:
    running = states.judge(ScoredWindow(0.0, 60.0, 0.1, 0.5, 5.0, sound=(-40.0, -40.0)))
    assert (running.state, running.surprise) == ("running", 5.0)
    off = states.judge(ScoredWindow(0.0, 60.0, 0.1, 0.5, 5.0, sound=(-70.0, -70.0)))
    assert off.state == "off"
    assert np.isnan(off.surprise)
    assert off.score == 0.1


def test_a_window_without_sound_has_no_state(states: MachineStates) -> None:
    silent = ScoredWindow(0.0, 60.0, error="silence")
    assert states.judge(silent) == silent
