"""States of a source, on a clock that the test moves."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.watch.acquisition.states import SourceStates

RATE = 16_000
SOUND = 0.1 * np.random.default_rng(0).standard_normal((1600, 1)).astype(np.float32)
SILENCE = np.zeros((1600, 1), np.float32)


@pytest.fixture
def states() -> SourceStates:
    return SourceStates(30)


def test_absent_at_boot_is_no_error_it_waits_however_often_it_was_tried(states: SourceStates) -> None:
    for second in range(100):
        states.lost("the camera is off", second)
    assert (states.state(1e6), states.reason) == ("waiting", "the camera is off")
    states.received(SOUND, RATE, 2e6)
    assert (states.state(2e6), states.reason) == ("healthy", "")


def test_alive_means_frames_arrive(states: SourceStates) -> None:
    states.received(SOUND, RATE, 0)
    assert [states.state(30), states.state(30.1)] == ["healthy", "stalled"]
    states.received(SOUND, RATE, 40)
    assert states.state(41) == "healthy"


def test_a_source_that_three_tries_do_not_bring_back_has_failed(states: SourceStates) -> None:
    states.received(SOUND, RATE, 0)
    found = []
    for second in (31, 32, 34, 38):
        states.lost("no sound came", second)
        found.append(states.state(second))
    assert found == ["reconnecting"] * 3 + ["failed"]


def test_no_state_is_final(states: SourceStates) -> None:
    states.received(SOUND, RATE, 0)
    for second in range(1, 600):
        states.lost("it was unplugged", second)
    assert states.state(600) == "failed"
    states.received(SOUND, RATE, 601)
    assert states.state(601) == "healthy"


def test_a_microphone_that_was_unplugged_is_waited_for(states: SourceStates) -> None:
    states.received(SOUND, RATE, 0)
    states.lost("input or output error", 1)
    assert states.state(1) == "reconnecting"
    states.lost("the microphone usb:1:2:3 is not there", 2, is_absent=True)
    assert [states.state(2), states.state(1e6)] == ["waiting", "waiting"]
    states.lost("input or output error", 3)  # it is there, and does not work yet
    assert states.state(3) == "reconnecting"


@pytest.mark.parametrize(
    ("block", "state"),
    [
        (SILENCE, "silent"),
        (SILENCE + 0.3, "silent"),
        (np.clip(300 * SOUND, -1, 1), "clipped"),
        (SOUND + 0.06, "offset"),
        (SOUND, "healthy"),
    ],
)
def test_clipping_silence_and_offset_are_states_of_the_source_once_they_last(block, state: str, states) -> None:
    for tenth in range(99):
        states.received(block, RATE, tenth / 10)
        assert states.state(tenth / 10) == "healthy"
    states.received(block, RATE, 10.0)
    assert states.state(10.0) == state
    states.received(SOUND, RATE, 10.1)
    assert states.state(10.1) == "healthy"


def test_flapping_is_one_state_until_the_source_holds(states: SourceStates) -> None:
    found = set()
    for second in range(20):
        states.received(SOUND, RATE, 2 * second)
        states.lost("it broke off", 2 * second + 1)
        found.add((second >= 2, states.state(2 * second + 1)))
    assert found == {(False, "reconnecting"), (True, "flapping")}
    states.received(SOUND, RATE, 50)
    assert states.state(51) == "flapping"
    assert states.state(951) == "stalled"
    states.received(SOUND, RATE, 952)
    assert states.state(952) == "healthy"


def test_a_source_that_flaps_and_then_fails_is_worse_at_once(states: SourceStates) -> None:
    for second in (0, 10, 20):
        states.received(SOUND, RATE, second)
        states.lost("it broke off", second + 1)
    assert states.state(22) == "flapping"
    for second in (23, 25, 29):
        states.lost("nobody answers", second)
    assert states.state(30) == "failed"
