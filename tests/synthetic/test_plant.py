from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.errors import ParameterError
from offkey.synthetic import LOADS, Plant, faults, machines
from offkey.synthetic.levels import rms


def level_db(samples: np.ndarray) -> float:
    return 20.0 * float(np.log10(rms(samples)))


def test_a_clip_is_the_same_whatever_else_was_made(machine: str) -> None:
    alone = Plant(7, duration_s=2.0).clip(machine, 2, 17)
    busy = Plant(7, duration_s=2.0)
    for number in (3, 4):
        busy.clip("fan", 2, number, fault="squeal")
    again = busy.clip(machine, 2, 17)
    assert np.array_equal(alone.samples, again.samples)
    assert alone.load == again.load


@pytest.mark.parametrize("other", [{"number": 1}, {"machine_id": 1}, {"domain": "target"}])
def test_other_clips_are_other_sounds(machine: str, other: dict[str, object], quiet_plant: Plant) -> None:
    first = quiet_plant.clip(machine).samples
    second = quiet_plant.clip(machine, **other).samples  # type: ignore[arg-type]
    assert abs(np.corrcoef(first.astype(float), second.astype(float))[0, 1]) < 0.5


def test_another_seed_is_another_plant(machine: str) -> None:
    first, second = (Plant(seed, duration_s=2.0).clip(machine) for seed in (0, 1))
    assert not np.allclose(first.samples, second.samples)


def test_clips_tell_what_they_are(machine: str, quiet_plant: Plant) -> None:
    for domain, (low, high) in LOADS.items():
        clip = quiet_plant.clip(machine, 3, 5, domain=domain)
        assert (clip.machine, clip.machine_id, clip.number, clip.domain) == (machine, 3, 5, domain)
        assert low <= clip.load <= high
        assert clip.fault is None
        assert clip.samples.dtype == np.float32
        assert clip.samples.shape == (64_000,)
        assert np.isfinite(clip.samples).all()
        assert np.abs(clip.samples).max() < 1.0


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_any_rate_and_length(machine: str, rate: int) -> None:
    clip = Plant(0, rate=rate, duration_s=2.37).clip(machine)
    assert clip.samples.shape == (round(2.37 * rate),)
    assert clip.rate == rate
    assert np.isfinite(clip.samples).all()


@pytest.mark.parametrize("snr_db", [-6.0, 0.0, 6.0])
def test_the_background_has_the_level_asked_for(machine: str, snr_db: float) -> None:
    quiet = Plant(0, duration_s=3.0, snr_db=None).clip(machine, 1, 2).samples
    noise = Plant(0, duration_s=3.0, snr_db=snr_db).clip(machine, 1, 2).samples - quiet
    assert level_db(quiet) - level_db(noise) == pytest.approx(snr_db, abs=0.01)


def test_real_noise_replaces_the_synthetic(machine: str) -> None:
    tone = np.sin(2.0 * np.pi * 1000.0 * np.arange(20_000) / 16_000).astype(np.float32)
    plain = Plant(0, duration_s=3.0, snr_db=None).clip(machine).samples
    noise = Plant(0, duration_s=3.0, snr_db=0.0, noise=[tone]).clip(machine).samples - plain
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    hz = np.fft.rfftfreq(len(noise), 1.0 / 16_000)
    assert spectrum[np.abs(hz - 1000.0) < 20.0].sum() > 0.95 * spectrum.sum()


@pytest.mark.parametrize(("machine_name", "fault"), [(m, f) for m in machines() for f in faults(m)])
def test_a_fault_changes_the_sound_but_not_the_level(machine_name: str, fault: str, quiet_plant: Plant) -> None:
    normal = quiet_plant.clip(machine_name, 1, 4)
    faulty = quiet_plant.clip(machine_name, 1, 4, fault=fault)
    assert level_db(faulty.samples) == pytest.approx(level_db(normal.samples), abs=0.01)
    assert rms(faulty.samples - normal.samples) > 0.02 * rms(normal.samples)
    truth = faulty.fault
    assert truth is not None
    assert (truth.name, truth.severity) == (fault, 1.0)
    assert 0.0 < truth.band[0] < truth.band[1] <= 8_000.0
    assert all(0.0 <= start < end <= 4.0 for start, end in truth.spans)
    assert all(before[1] <= after[0] for before, after in zip(truth.spans, truth.spans[1:], strict=False))


def test_a_worse_squeal_sounds_in_the_same_strokes_and_in_more() -> None:
    plant = Plant(2, duration_s=3.0, snr_db=None)
    for number in range(45, 55):
        clips = [
            plant.clip("slider", 0, number, fault="squeal", severity=severity) for severity in (0.1, 0.4, 0.7, 1.0)
        ]
        spans = [clip.fault.spans for clip in clips if clip.fault is not None]
        assert all(set(fewer) <= set(more) for fewer, more in pairwise(spans))


@pytest.mark.parametrize("machine_name", machines())
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_severity_is_continuous_from_nothing(machine_name: str, data: st.DataObject) -> None:
    plant = Plant(2, duration_s=3.0, snr_db=None)
    fault = data.draw(st.sampled_from(faults(machine_name)))
    number = data.draw(st.integers(0, 50))
    normal = plant.clip(machine_name, 0, number).samples

    def change(severity: float) -> float:
        faulty = plant.clip(machine_name, 0, number, fault=fault, severity=severity)
        return rms(faulty.samples - normal) / rms(normal)

    assert change(0.0) == 0.0
    assert plant.clip(machine_name, 0, number, fault=fault, severity=0.0).fault is None
    assert change(0.01) < 0.1
    assert change(0.01) < change(0.2) < change(1.0)


def test_machine_ids_differ_in_their_spectrum(machine: str, quiet_plant: Plant) -> None:
    def profile(machine_id: int, number: int) -> np.ndarray:
        power = np.abs(np.fft.rfft(quiet_plant.clip(machine, machine_id, number).samples)) ** 2
        octaves = np.add.reduceat(power, np.geomspace(200, len(power) - 1, 30).astype(int))
        return np.asarray(10.0 * np.log10(octaves / octaves.sum()))

    one, same, other = profile(0, 0), profile(0, 1), profile(1, 0)
    assert np.abs(one - other).mean() > 1.5 * np.abs(one - same).mean()


def test_a_clip_costs_little_time(machine: str) -> None:
    plant = Plant(0)
    plant.clip(machine)

    def cost_ms(number: int) -> float:
        before = time.thread_time()
        plant.clip(machine, 0, number)
        return 1e3 * (time.thread_time() - before)

    assert min(cost_ms(number) for number in range(8)) < 200.0  # some 20 where nothing else runs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"machine": "pumpe"}, "'machine' must be one of 'fan', 'pump', 'slider', 'valve'. Got 'pumpe'"),
        ({"machine": "fan", "fault": "leak"}, "'fault' must be one of None, 'imbalance'"),
        ({"machine": "fan", "severity": 1.5}, "'severity' must be a float in the range"),
        ({"machine": "fan", "number": -1}, "'number' must be an int"),
        ({"machine": "fan", "domain": "both"}, "'domain' must be one of 'source', 'target'"),
    ],
)
def test_wrong_clips_are_refused(arguments: dict[str, object], words: str, quiet_plant: Plant) -> None:
    with pytest.raises(ParameterError, match=words.replace("(", r"\(")):
        quiet_plant.clip(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rate": 100}, "'rate' must be"),
        ({"seed": -1}, "'seed' must be"),
        ({"duration_s": 0.1}, "'duration_s' must be"),
        ({"snr_db": float("inf")}, "'snr_db' must be"),
        ({"noise": []}, "at least one piece"),
        ({"noise": [np.zeros(100)]}, "Piece 0 of the argument 'noise' must hold sound"),
        ({"noise": [np.ones(100), np.full(100, np.nan)]}, "Piece 1 .* finite"),
        ({"noise": [np.ones((10, 2))]}, "one-dimensional"),
    ],
)
def test_wrong_plants_are_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        Plant(**arguments)  # type: ignore[arg-type]


def test_all_faults_are_those_of_the_machines() -> None:
    assert set(faults()) == {fault for machine in machines() for fault in faults(machine)}
    with pytest.raises(ParameterError, match="'machine' must be one of"):
        faults("lathe")
