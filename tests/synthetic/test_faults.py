from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.errors import ParameterError
from offkey.synthetic import faults, machines
from offkey.synthetic.faults import FAULTS, AddedFault, FaultSound, MissingStroke
from offkey.synthetic.machines import MACHINES
from offkey.synthetic.operation import Operation
from offkey.synthetic.seeding import ParameterDraw, stream
from offkey.synthetic.spans import envelope

PAIRS = [(m, f) for m in machines() for f in faults(m) if isinstance(FAULTS[f], AddedFault)]


def taken(
    machine: str, number: int, rate: int = 16_000, duration_s: float = 5.0
) -> tuple[Operation, NDArray[np.float32]]:
    unit = MACHINES[machine].draw(ParameterDraw(3, machine, number % 3))
    operation = unit.operate(0.5, round(duration_s * rate), rate, stream(number, "operation"))
    return operation, unit.sound(operation, stream(number, "sound"))


def sounded(machine: str, fault: str, number: int, severity: float = 1.0, rate: int = 16_000) -> FaultSound:
    kind = FAULTS[fault]
    assert isinstance(kind, AddedFault)
    operation, normal = taken(machine, number, rate)
    return kind.sound(operation, normal, severity, stream(number, "fault"))


def power(samples: NDArray[np.float32], rate: int = 16_000) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.fft.rfftfreq(len(samples), 1.0 / rate), np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2


@pytest.mark.parametrize(("machine_name", "fault"), PAIRS)
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_a_fault_is_where_it_says(machine_name: str, fault: str, rate: int) -> None:
    for number in range(4):
        made = sounded(machine_name, fault, number, (number + 1) / 4, rate)
        hz, spectrum = power(made.samples, rate)
        inside = (hz >= made.band[0]) & (hz <= made.band[1])
        assert spectrum[inside].sum() >= 0.88 * spectrum.sum()
        when = envelope(made.spans, len(made.samples), rate, rise_s=0.0, fall_s=0.0)
        assert np.sum(made.samples[when == 0.0] ** 2) <= 0.01 * np.sum(made.samples**2)


@pytest.mark.parametrize(("machine_name", "fault"), [p for p in PAIRS if p[1] in {"rattle", "squeal", "cavitation"}])
def test_a_worse_fault_sounds_longer(machine_name: str, fault: str) -> None:
    def share(severity: float) -> float:
        return sum(end - start for k in range(6) for start, end in sounded(machine_name, fault, k, severity).spans)

    assert share(0.1) < share(1.0)


def test_imbalance_puts_sidebands_at_the_shaft_speed_around_the_blade_pass() -> None:
    operation, _ = taken("fan", 0)
    made = sounded("fan", "imbalance", 0)
    hz, spectrum = power(made.samples)
    shaft_hz, blades = operation.shaft_hz, operation.order

    def near(wanted_hz: float) -> float:
        return float(spectrum[np.abs(hz - wanted_hz) < 0.1 * shaft_hz].sum())

    lines = [near(shaft_hz), near((blades - 1) * shaft_hz), near((blades + 1) * shaft_hz)]
    between = near(2.5 * shaft_hz)
    assert min(lines) > 20.0 * between
    assert near(shaft_hz) > 0.2 * spectrum.sum()


def test_misalignment_is_strongest_at_twice_the_shaft_speed() -> None:
    operation, _ = taken("pump", 1)
    hz, spectrum = power(sounded("pump", "misalignment", 1).samples)
    assert hz[np.argmax(spectrum)] == pytest.approx(2.0 * operation.shaft_hz, rel=0.02)


@pytest.mark.parametrize("number", range(6))
def test_bearing_impacts_come_at_the_ball_pass_frequency(number: int) -> None:
    operation, _ = taken("fan", number)
    rng = stream(number, "fault")
    balls, ratio, inner = int(rng.integers(7, 13)), rng.uniform(0.18, 0.3), rng.random() < 0.5
    expected_hz = balls / 2.0 * (1.0 + ratio if inner else 1.0 - ratio) * operation.shaft_hz
    hz, spectrum = power(sounded("fan", "bearing", number).samples ** 2)  # the spectrum of the envelope
    found = (hz > 0.8 * expected_hz) & (hz < 1.25 * expected_hz)
    assert hz[found][np.argmax(spectrum[found])] == pytest.approx(expected_hz, rel=0.03)


def test_a_leaking_valve_hisses_while_it_is_closed() -> None:
    operation, _ = taken("valve", 0)
    made = sounded("valve", "leak", 0)
    flowing = operation.activity > 0.5
    assert np.abs(made.samples[flowing]).max() == 0.0
    assert np.sqrt(np.mean(made.samples[~flowing] ** 2)) > 0.3


@pytest.mark.parametrize("fault", ["bearing", "rattle", "squeal", "rail_damage"])
def test_faults_of_a_slider_sound_in_its_strokes(fault: str) -> None:
    operation, _ = taken("slider", 2)
    made = sounded("slider", fault, 2)
    moving = envelope(operation.events, operation.n, operation.rate, rise_s=0.0, fall_s=0.0) > 0.0
    assert np.sum(made.samples[moving] ** 2) > 0.97 * np.sum(made.samples**2)


def test_rail_damage_is_passed_once_a_stroke() -> None:
    operation, _ = taken("slider", 2)
    assert len(sounded("slider", "rail_damage", 2).spans) == len(operation.events)


def test_squeal_has_harmonics() -> None:
    made = sounded("fan", "squeal", 0)
    hz, spectrum = power(made.samples)
    pitch_hz = made.band[0] / 0.82
    first = spectrum[(hz > 0.85 * pitch_hz) & (hz < 1.15 * pitch_hz)].sum()
    second = spectrum[(hz > 1.75 * pitch_hz) & (hz < 2.25 * pitch_hz)].sum()
    assert 0.1 < second / first < 0.5  # 1/k in amplitude


@pytest.mark.parametrize("machine_name", ["slider", "valve"])
@pytest.mark.parametrize("severity", [0.5, 1.0])
def test_a_missing_stroke_is_as_much_weaker_as_it_is_severe(machine_name: str, severity: float) -> None:
    unit = MACHINES[machine_name].draw(ParameterDraw(3, machine_name, 0))
    operation = unit.operate(0.5, 160_000, 16_000, stream(1))
    weak, spans = MissingStroke().weaken(operation, severity, stream(2))
    assert 1 <= len(spans) <= 0.5 * len(operation.events) + 0.5
    before, after = (unit.sound(motion, stream(3)) for motion in (operation, weak))
    lost = envelope(spans, 160_000, 16_000, rise_s=0.0, fall_s=0.0) > 0.0
    strong = envelope(operation.events, 160_000, 16_000, rise_s=0.0, fall_s=0.0) > 0.0
    assert np.sqrt(np.mean(after[lost] ** 2) / np.mean(before[lost] ** 2)) == pytest.approx(1.0 - severity, abs=0.06)
    kept = strong & ~envelope([(a - 0.3, b + 0.3) for a, b in spans], 160_000, 16_000).astype(bool)
    assert np.array_equal(after[kept], before[kept])


def test_no_stroke_is_missing_where_none_is() -> None:
    operation, _ = taken("fan", 0)
    with pytest.raises(ParameterError, match="at least one stroke"):
        MissingStroke().weaken(operation, 1.0, stream(0))
