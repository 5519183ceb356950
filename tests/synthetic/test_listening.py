from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.synthetic import Plant
from offkey.synthetic.listening import assumed_operation, find_events

RATE = 16_000


@pytest.mark.parametrize("name", ["slider", "valve"])
def test_strokes_are_found_where_they_are(name: str) -> None:
    plant = Plant(4, snr_db=12.0)
    operation = plant._take(name, 0, "source", 0).operation
    found = find_events(plant.clip(name).samples, RATE)
    middles = np.array([(start + end) / 2.0 for start, end in found])
    inside = [any(a - 0.05 <= middle <= b + 0.15 for a, b in operation.events) for middle in middles]
    assert np.mean(inside) > 0.8
    reached = [any(a - 0.05 <= middle <= b + 0.15 for middle in middles) for a, b in operation.events]
    assert np.mean(reached) > 0.8


def test_a_steady_sound_has_no_events() -> None:
    noise = np.random.default_rng(0).standard_normal(5 * RATE).astype(np.float32)
    assert find_events(noise, RATE) == ()
    operation = assumed_operation(noise, RATE, np.random.default_rng(1))
    assert operation.events == ()
    assert np.allclose(np.diff(operation.angle) * RATE, operation.shaft_hz)


def test_a_machine_with_strokes_turns_in_them() -> None:
    noise = np.random.default_rng(0).standard_normal(6 * RATE).astype(np.float32)
    noise[RATE : 2 * RATE] *= 10.0
    noise[4 * RATE : 5 * RATE] *= 10.0
    operation = assumed_operation(noise, RATE, np.random.default_rng(1))
    assert [tuple(np.round(event, 1)) for event in operation.events] == [(1.0, 2.0), (4.0, 5.0)]
    speed = np.diff(operation.angle) * RATE
    assert speed[RATE // 2] == 0.0
    assert speed[3 * RATE // 2] == pytest.approx(operation.shaft_hz)


def test_clicks_are_events_only_where_they_are_asked_for() -> None:
    noise = 0.01 * np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    for at in (1, 2, 3):
        noise[at * RATE : at * RATE + 800] *= 100.0
    rng = np.random.default_rng(1)
    assert assumed_operation(noise, RATE, rng).events == ()
    assert len(assumed_operation(noise, RATE, rng, any_event=True).events) == 3


def test_the_clicks_of_a_real_valve_are_found(shared_data: Path) -> None:
    import soundfile

    file = shared_data / "dcase2020_real" / "valve" / "test" / "normal_id_02_00000017.wav"
    samples, rate = soundfile.read(file, dtype="float32")
    events = find_events(samples, rate)
    assert len(events) == 9
    assert np.diff([start for start, _ in events]) == pytest.approx(1.08, abs=0.1)
