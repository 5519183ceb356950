from __future__ import annotations

import numpy as np
import pytest
from benchmarks.events import DAY, HOP_S, raised
from benchmarks.plant import FAULTS, Machine, main, turns


@pytest.fixture(scope="module")
def machine() -> Machine:
    return Machine(0, 0.5, shadow_days=3, allowed=1)


def test_scores_of_one_purpose_are_always_the_same(machine: Machine) -> None:
    first, again, other = (machine.stretch(0.5, purpose).scores for purpose in ("normal", "normal", "faulty"))
    assert len(first) == DAY // 2
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_machine_is_off_at_night_and_takes_turns_by_day() -> None:
    states = turns(2 * DAY, np.random.default_rng(0)).reshape(2, 24, -1)
    assert (states[:, [20, 23, 0, 4]] == 0).all()
    assert set(states[:, 5:20].ravel()) == {1, 2}


def test_states_are_found_and_off_is_not_judged() -> None:
    machine = Machine(1, 0.5, shadow_days=7, allowed=1, has_states=True)
    stretch = machine.stretch(1.0, "normal")
    judged = machine.judged(stretch).reshape(24, -1)
    assert np.isnan(judged[[20, 23, 0, 4]]).all()
    assert np.isfinite(judged[5:20]).mean() > 0.99
    assert machine.kept(days=10).raised <= machine.sensitivity.bound()


def test_events_are_counted_as_the_monitor_raises_them(machine: Machine) -> None:
    judged = machine.judged(machine.stretch(20.0, "normal"))
    judged[5000:5030] += 8
    judged[9000:9200] += 1.5
    new = sum(change.kind == "new" for change in machine.changes(judged))
    shadow = machine._judge.shadow
    assert new > 2
    assert abs(new - raised(judged, machine.sensitivity.rule, shadow)) <= 1


def test_a_normal_machine_keeps_its_promise_and_k_of_n_does_not(machine: Machine) -> None:
    kept = machine.kept(days=10)
    assert kept.raised <= kept.bound
    assert kept.formula > 10 * kept.predicted
    assert kept.slow_measured > 0


def test_a_stronger_fault_is_found_sooner(machine: Machine) -> None:
    delays = [machine.found(FAULTS["step"], size)[0] for size in (4.0, 1.0)]
    assert 0 < delays[0] < delays[1] < 3 * DAY * HOP_S


def test_a_fault_is_found_after_its_onset_and_reaches_a_level(machine: Machine) -> None:
    delay, level = machine.found(FAULTS["burst of a minute"], 9.0)
    assert 0 < delay <= 60
    assert level == "alarm"


@pytest.mark.parametrize("name", FAULTS)
def test_the_shape_of_a_fault_lies_within_its_size(name: str) -> None:
    fault = FAULTS[name]
    shape = fault.shape(np.arange(int(fault.days * DAY), dtype=np.float64) * HOP_S)
    assert shape.min() >= 0
    assert shape.max() == (0 if name == "none" else 1)
    assert list(fault.sizes) == sorted(fault.sizes, reverse=True)


def test_a_small_plant_keeps_what_it_promises(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.plant.FAULTS", {"burst": FAULTS["burst of a minute"]})
    monkeypatch.setattr("benchmarks.plant.MEMORIES", (0.0,))
    main(["--machines", "6", "--days", "10"])
    printed = capsys.readouterr().out
    assert printed.count(": met") == 2
    assert "| burst | strong, +9 sigma | 4 of 4 |" in printed
