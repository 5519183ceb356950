"""A machine that switches load, and is off at times: judged by its shadow, window by window."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from offkey.decision import Calibration
from offkey.errors import ParameterError
from offkey.watch.health.judge import MachineJudge, Wanted
from offkey.watch.scored_window import ScoredWindow

AT, HOP_S = 1_800_000_000.0, 5.0
HOUR = 720
LEVELS_DB = np.array([-42.0, -34.0, -65.0])  # of low load, high load and off
MEANS, SPREADS = np.array([0.0, 2.0, 9.0]), np.array([1.0, 1.5, 1.0])
CALIBRATION = Calibration(np.random.default_rng(99).normal(0.5, 1.3, 400))


def machine(hours: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return surprises and sounds of a machine that spends hours under low (l) and high (h) load, and off (o)."""
    rng = np.random.default_rng(seed)
    state = np.repeat(["lho".index(hour) for hour in hours], HOUR)
    noise = rng.standard_normal((len(state), 4)) * np.sqrt(1 - 0.9**2)
    series = lfilter([1.0], [1.0, -0.9], noise, axis=0)
    sounds = 0.8 * series[:, 1:]
    sounds[:, 0] += LEVELS_DB[state]
    sounds[:, 1] += LEVELS_DB[state] / 3
    return CALIBRATION.surprises(MEANS[state] + SPREADS[state] * series[:, 0]), sounds


def windows(surprises: np.ndarray, sounds: np.ndarray) -> list[ScoredWindow]:
    rows = enumerate(zip(surprises.tolist(), sounds.tolist(), strict=True))
    starts = ((AT + number * HOP_S, surprise, tuple(sound)) for number, (surprise, sound) in rows)
    return [ScoredWindow(at, at + HOP_S, 0.0, 0.5, surprise, sound=sound) for at, surprise, sound in starts]


def judge(**wanted) -> MachineJudge:
    """Return a judge that is fresh, from a shadow of four days."""
    return MachineJudge("pump", "m", *machine("llhllo" * 16, 0), hop_s=HOP_S, wanted=Wanted(**wanted))


def test_the_state_stands_with_each_window_and_event() -> None:
    one = judge()
    assert [state.name for state in one.states.states if not state.is_judged] == ["off"]
    judged = [one.feed(window) for window in windows(*machine("lho", 1))]
    for hour, name in enumerate(["state 1", "state 2", "off"]):
        assert {found.window.state for found in judged[hour * HOUR : (hour + 1) * HOUR]} == {name}
    surprises, sounds = machine("l", 2)
    faulty = [found for window in windows(surprises + 9, sounds) for found in one.feed(window).changes]
    assert (faulty[0].kind, faulty[0].state) == ("new", "state 1")


def test_off_is_no_anomaly_and_only_a_note_where_it_lasts() -> None:
    """The model gives every window of it a high score."""
    one = judge()
    raw = windows(*machine("o" * 25, 3))
    judged = [one.feed(window) for window in raw]
    assert [found.changes for found in judged if found.changes] == []
    assert np.isnan([found.window.surprise for found in judged]).all()
    notes = [(number, found.note) for number, found in enumerate(judged) if found.note]
    assert notes == [
        (
            24 * HOUR - 1,
            "It has been off for 24 hours, and for 1 hours at the longest in the shadow. Nothing is judged meanwhile.",
        )
    ]
    without = judge(find_states=False)
    assert [change.kind for window in raw[: 6 * HOUR] for change in without.feed(window).changes][:1] == ["new"]


def test_a_fault_under_low_load_is_not_hidden_by_high_load() -> None:
    surprises, sounds = machine("ll", 5)
    scores_up = CALIBRATION.surprises(np.full(24, 4.5))
    surprises[HOUR : HOUR + 24] = scores_up  # two minutes
    with_states, without = judge(), judge(find_states=False)
    for one, is_found in ((with_states, True), (without, False)):
        changes = [change for window in windows(surprises, sounds) for change in one.feed(window).changes]
        assert (len(changes) > 0) == is_found


def test_more_load_than_in_the_shadow_is_no_event_of_the_slow_path() -> None:
    hours = windows(*machine("hhhhhl" * 3, 6))
    one = judge()
    changes = [change for window in hours for change in one.feed(window).changes]
    assert [change for change in changes if change.path == "slow"] == []


def test_the_index_follows_the_last_day() -> None:
    one = judge()
    assert one.health.value is None
    for window in windows(*machine("llhl" * 2, 7)):
        one.feed(window)
    assert one.health.value == pytest.approx(99, abs=1.5)
    assert one.level == "normal"
    before = one.health.value or 0
    surprises, sounds = machine("llllllll", 8)
    for window in windows(surprises + 5, sounds):
        one.feed(window)
    assert (one.health.value or 0) < before - 30
    assert one.level == "alarm"


def test_a_budget_chooses_the_sharpest_sensitivity_that_keeps_it_and_an_explicit_one_wins() -> None:
    assert judge(per_week=1000.0).sensitivity.allowed == 30
    kept = judge(per_week=12.0)
    assert kept.sensitivity.bound() <= 12.0
    assert judge(per_week=1000.0, allowed=3).sensitivity.allowed == 3
    assert judge().sensitivity.allowed == 1
    short = judge(per_week=0.5)
    assert short.sensitivity.allowed == 0
    assert "its share of the budget is 0.5 a week, which " in short.sentence()
    assert " days more of shadow would keep; off below" in short.sentence()


def test_without_sounds_there_are_no_states() -> None:
    surprises, _ = machine("l" * 8, 9)
    one = MachineJudge("pump", "m", surprises, hop_s=HOP_S)
    assert one.states.states == []
    window = ScoredWindow(AT, AT + HOP_S, 0.0, 0.5, 1.0)
    assert one.feed(window).window == window


def test_a_shadow_that_is_all_off_promises_nothing() -> None:
    surprises, sounds = machine("o" * 8, 10)
    with pytest.raises(ParameterError, match="fewer than 20 blocks"):
        MachineJudge("pump", "m", surprises, sounds, hop_s=HOP_S, wanted=Wanted(off_below_db=-55.0))
