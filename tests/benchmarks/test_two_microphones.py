from __future__ import annotations

import numpy as np
from benchmarks.real_sets import Noise, level
from benchmarks.two_microphones import LINEAR, MACHINE_M, NEAR_M, RATE, Room, Scene, energies, impulse


def test_sound_comes_first_by_the_straight_way_and_rings_as_long_as_asked() -> None:
    way = impulse(MACHINE_M, NEAR_M, 0.3)
    assert np.flatnonzero(way)[0] == round(np.linalg.norm(MACHINE_M - NEAR_M) / 343 * RATE)
    late = 10 * np.log10(np.cumsum(way[::-1] ** 2)[::-1])
    slope = np.polyfit(np.arange(800, 3200) / RATE, late[800:3200] - late[0], 1)[0]
    assert 0.25 < -60 / slope < 0.5  # in rooms with parallel walls sound rings longer than by Eyring


def test_both_microphones_hear_the_machine_as_loud_as_asked() -> None:
    rng = np.random.default_rng(0)
    dry = rng.standard_normal(RATE)
    near, far = Scene(Room(0.1, leak=0.2)).machine(dry)
    assert np.isclose(level([near]), level([dry]))
    assert np.isclose(level([far]) / level([near]), 0.2)
    clip = Scene(Room(0.1)).clip(dry, Noise([rng.standard_normal(RATE)]), rng)
    assert clip.shape == (RATE, 2)


def test_least_squares_takes_noise_and_keeps_a_fault_that_the_far_one_does_not_hear() -> None:
    rng = np.random.default_rng(0)
    noise, machine, fault = (rng.standard_normal((3, 200)) + 1j * rng.standard_normal((3, 200)) for _ in range(3))
    near = {"noise": 4 * noise, "machine": machine, "fault": fault}
    far = {"noise": 2j * noise, "machine": 0 * machine, "fault": 0 * fault}
    found = {method: energies(near, far, method, np.ones(3, bool)) for method in LINEAR}
    assert found["least squares"]["fault"] == 0
    assert found["least squares"]["noise"] < -15 < found["samples"]["noise"]
