from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.synthetic.machines import MACHINES, Fan, Machine, Pump
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw, stream

RATE = 16_000


def made(name: str, machine_id: int = 0, load: float = 0.5) -> tuple[Machine, Operation, NDArray[np.float32]]:
    unit = MACHINES[name].draw(ParameterDraw(0, name, machine_id))
    operation = unit.operate(load, 10 * RATE, RATE, stream(1, machine_id))
    return unit, operation, unit.sound(operation, stream(2))


def line_level(samples: NDArray[np.float32], wanted_hz: float, width: float = 0.02) -> float:
    """Power at a frequency over the power beside it, in dB."""
    hz = np.fft.rfftfreq(len(samples), 1.0 / RATE)
    power = np.abs(np.fft.rfft(samples)) ** 2
    off = np.abs(hz / wanted_hz - 1.0)
    return float(10.0 * np.log10(power[off < width].mean() / power[(off > 2 * width) & (off < 4 * width)].mean()))


def test_motion_fits_the_clip(machine: str) -> None:
    for machine_id in range(4):
        _, operation, sound = made(machine, machine_id)
        assert sound.shape == operation.angle.shape == operation.activity.shape == (10 * RATE,)
        assert np.isfinite(sound).all()
        assert (np.diff(operation.angle) >= 0.0).all()
        assert 0.0 <= operation.activity.min() <= operation.activity.max() <= 1.0
        assert len(operation.gains) == len(operation.events)


def test_a_higher_load_is_louder_and_faster(machine: str) -> None:
    unit, slow, _ = made(machine, load=0.2)
    _, fast, _ = made(machine, load=1.0)
    assert fast.shaft_hz > 1.05 * slow.shaft_hz
    assert unit.level_db(1.0) > unit.level_db(0.2) + 1.0


def test_ids_have_other_dimensions(machine: str) -> None:
    units = [MACHINES[machine].draw(ParameterDraw(0, machine, machine_id)) for machine_id in range(7)]
    assert len({repr(unit) for unit in units}) == 7
    assert units[2] == MACHINES[machine].draw(ParameterDraw(0, machine, 2))


@pytest.mark.parametrize("machine_id", range(3))
def test_a_fan_has_lines_at_the_blade_pass(machine_id: int) -> None:
    unit, operation, sound = made("fan", machine_id)
    assert isinstance(unit, Fan)
    assert operation.order == unit.blades
    assert line_level(sound, unit.blades * operation.shaft_hz) > 6.0


@pytest.mark.parametrize("machine_id", range(3))
def test_a_pump_hums_at_twice_the_mains_whatever_its_speed(machine_id: int) -> None:
    for load in (0.2, 1.0):
        unit, operation, sound = made("pump", machine_id, load)
        assert isinstance(unit, Pump)
        assert line_level(sound, 100.0) > 6.0
        assert line_level(sound, unit.vanes * operation.shaft_hz) > 6.0


def test_a_slider_is_loud_in_its_strokes() -> None:
    for machine_id in range(3):
        _, operation, sound = made("slider", machine_id)
        assert len(operation.events) >= 5
        fast, rest = operation.activity == 1.0, operation.activity == 0.0
        assert np.mean(sound[fast] ** 2) > 30.0 * np.median(sound[rest] ** 2)


def test_a_slider_whines_at_its_speed() -> None:
    unit, operation, sound = made("slider")
    start, end = next((a, b) for a, b in operation.events if a > 0.5)
    middle = sound[int((start + 0.4 * (end - start)) * RATE) : int((start + 0.6 * (end - start)) * RATE)]
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))) ** 2
    hz = np.fft.rfftfreq(len(middle), 1.0 / RATE)
    whine_hz = operation.shaft_hz * operation.order
    near = np.abs(hz / whine_hz - 1.0) < 0.1
    assert hz[near][np.argmax(power[near])] == pytest.approx(whine_hz, rel=0.03)
    assert unit.name == "slider"


def test_a_valve_clicks_at_its_strokes() -> None:
    for machine_id in range(3):
        _, operation, sound = made("valve", machine_id)
        assert len(operation.events) >= 6
        for start, _ in operation.events:
            at = int(start * RATE)
            assert np.abs(sound[at : at + 200]).max() > 5.0 * np.abs(sound[at - 300 : at - 50]).max()
        assert np.max(np.abs(sound)) > 8.0 * np.sqrt(np.mean(sound**2))
