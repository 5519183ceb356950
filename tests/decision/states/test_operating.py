from __future__ import annotations

import numpy as np
import pytest

from offkey.decision.calibration import MOST_SURPRISING
from offkey.decision.states import OFF, UNKNOWN, OperatingStates

HOP_S = 5.0
HOUR = 720
LEVELS = {"idle": -45.0, "load": -35.0, "off": -70.0, "flush": -25.0}
SCALES = {"idle": 1.0, "load": 3.0, "off": 1.0, "flush": 1.0}


def machine(*hours: str, seed: int = 0, windows: int = HOUR) -> tuple[np.ndarray, np.ndarray]:
    """Return sounds and surprises of a machine that is in each state for an hour; the model did not learn it off."""
    rng = np.random.default_rng(seed)
    sounds, surprises = [], []
    for state in hours:
        sound = rng.normal(0, 0.5, (windows, 3))
        sound[:, 0] += LEVELS[state]
        sound[:, 1] += LEVELS[state] / 4
        sounds.append(sound)
        surprises.append(rng.exponential(SCALES[state], windows) + 8 * (state == "off"))
    return np.concatenate(sounds), np.concatenate(surprises)


def names(states: OperatingStates, sounds: np.ndarray) -> list[str]:
    return [states.states[k].name if k >= 0 else "" for k in states.of(sounds)]


def test_states_are_found_named_from_quiet_to_loud_and_judged_each_by_itself() -> None:
    sounds, surprises = machine(*["load", "idle"] * 6)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert [(state.name, state.is_judged) for state in sorted(states.states, key=lambda one: one.level_db)] == [
        ("state 1", True),
        ("state 2", True),
    ]
    of = states.of(sounds)
    assert set(names(states, sounds)[:HOUR]) == {"state 2"}
    assert set(names(states, sounds)[HOUR : 2 * HOUR]) == {"state 1"}
    judged = states.surprises(surprises, of)
    for group in (0, 1):
        assert judged[of == group].mean() == pytest.approx(1.0, abs=0.05)  # as of an exponential
    loud = states.surprises([9.0, 9.0], [of[0], of[HOUR]])
    assert loud[0] < 5 < 7 < loud[1]
    assert states.sentence().count("state") == 2


def test_windows_of_the_shadow_reach_beyond_the_others_as_new_ones_do() -> None:
    """Beside themselves the highest has a p-value of 2 / (n + 1); held out, one in n lies beyond all others."""
    sounds, surprises = machine(*["load", "idle"] * 6)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    of = states.of(sounds)
    surprises[5] = np.nan
    held_out, inside = states.held_out(surprises, of), states.surprises(surprises, of)
    assert np.nanmax(inside) < np.log(6 * HOUR) < np.nanmax(held_out)
    assert np.isnan(held_out).sum() == 1
    assert np.nanmean(held_out) == pytest.approx(np.nanmean(inside), abs=0.02)


def test_few_windows_of_a_state_are_calibrated_as_new_ones_are() -> None:
    sounds, surprises = machine(*["load", "idle"] * 6)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    few = slice(HOUR - 9, HOUR + 9)
    of = states.of(sounds[few])
    assert np.bincount(of).tolist() == [9, 9]
    np.testing.assert_array_equal(states.held_out(surprises[few], of), states.surprises(surprises[few], of))


def test_without_a_clear_separation_there_are_no_states() -> None:
    sounds, surprises = machine(*["load"] * 6)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert (states.states, states.gate_db, states.sentence()) == ([], None, "")
    of = states.of(sounds)
    assert set(of.tolist()) == {-1}
    np.testing.assert_array_equal(states.surprises(surprises, of), surprises)


def test_off_is_found_where_the_model_did_not_learn_it() -> None:
    sounds, surprises = machine(*["load", "off", "load"] * 3)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert [(state.name, state.is_judged) for state in states.states] == [(OFF, False), ("running", True)]
    assert states.gate_db == pytest.approx(-52.5, abs=1)
    assert names(states, sounds)[HOUR : 2 * HOUR] == [OFF] * HOUR
    judged = states.surprises(surprises, states.of(sounds))
    assert np.isnan(judged[HOUR : 2 * HOUR]).all()
    np.testing.assert_array_equal(judged[:HOUR], surprises[:HOUR])
    assert states.sentence() == "off below -53 dB (0.33), not judged; running at -35 dB (0.67)"


def test_a_quiet_state_that_was_learnt_is_judged() -> None:
    """The machine may well be running, beside one that is louder at times."""
    sounds, surprises = machine(*["load", "off", "load"] * 3)
    surprises[sounds[:, 0] < -55] -= 8
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert states.gate_db is None
    assert all(state.is_judged for state in states.states)


def test_a_gate_that_is_given_needs_no_off_in_normal_sound() -> None:
    sounds, surprises = machine(*["load"] * 3)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S, off_below_db=-60, clusters=False)
    assert [state.name for state in states.states] == [OFF, "running"]
    assert set(names(states, machine("off")[0])) == {OFF}


def test_a_state_seen_too_seldom_or_that_the_model_knows_nothing_of_is_unknown_and_not_judged() -> None:
    sounds, surprises = machine(*["load", "idle"] * 4)
    seldom, few = machine("flush", windows=100, seed=1)
    states = OperatingStates.find(np.vstack([sounds, seldom]), np.append(surprises, few), hop_s=HOP_S)
    assert set(names(states, seldom)) == {UNKNOWN}
    assert np.isnan(states.surprises(few, states.of(seldom))).all()
    beyond = np.where(sounds[:, 0] < -40, MOST_SURPRISING, surprises)
    states = OperatingStates.find(sounds, beyond, hop_s=HOP_S)
    assert sorted(state.name for state in states.states) == ["running", UNKNOWN]


@pytest.mark.parametrize("seldom", [1, 2, 3, 19])
def test_a_state_of_few_long_windows_is_unknown(seldom: int) -> None:
    """A recorder that drops a file each quarter of an hour: 20 minutes are two windows, which calibrate nothing."""
    rng = np.random.default_rng(0)
    sounds = np.vstack([rng.normal(-30, 0.3, (400, 4)), rng.normal(10, 0.3, (seldom, 4))])
    surprises = rng.exponential(1, len(sounds))
    states = OperatingStates.find(sounds, surprises, hop_s=900.0)
    kept = states.held_out(surprises, states.of(sounds))
    assert [state.is_judged for state in states.states if state.share < 20 / len(sounds)] != []
    assert not any(state.is_judged for state in states.states if state.share < 20 / len(sounds))
    assert np.isnan(kept[-seldom:]).all()
    assert np.isfinite(kept).sum() > 200


def test_no_states_are_claimed_where_most_of_the_sound_would_not_be_judged() -> None:
    """A shadow of half an hour is too short to know each of two loads."""
    sounds, surprises = machine("load", "idle", windows=180)
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert states.states == []


def test_a_sound_that_was_never_there_is_judged() -> None:
    """It may be a fault, which must not be excused as an unknown state."""
    sounds, surprises = machine(*["load", "idle"] * 4)
    seldom, few = machine("flush", windows=100, seed=1)
    states = OperatingStates.find(np.vstack([sounds, seldom]), np.append(surprises, few), hop_s=HOP_S)
    louder = seldom + np.array([8.0, 0.0, 0.0])
    assert set(names(states, louder)) == {"state 2"}


def test_nothing_is_claimed_of_no_sound() -> None:
    assert OperatingStates.find(np.full((10, 3), np.nan), np.full(10, np.nan), hop_s=HOP_S).states == []


def test_windows_without_a_score_have_no_state() -> None:
    sounds, surprises = machine(*["load", "idle"] * 4)
    sounds[5], surprises[5] = np.nan, np.nan
    states = OperatingStates.find(sounds, surprises, hop_s=HOP_S)
    assert states.of(sounds)[5] == -1
    assert np.isnan(states.surprises(surprises, states.of(sounds))[5])
