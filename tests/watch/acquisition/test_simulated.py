"""The simulated machine: the sound goes on without a seam, and the fault comes when it is due."""

from __future__ import annotations

import time
from itertools import islice
from threading import Event

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.acquisition.source import Begin


def _seconds(source: Simulated, seconds: int) -> np.ndarray:
    return np.concatenate(list(islice(source.sound(), 2 * seconds)))


def test_the_fault_comes_and_goes_when_it_is_due() -> None:
    normal = _seconds(Simulated("fan"), 50)
    faulty = _seconds(Simulated("fan", fault="bearing", fault_after_s=15, fault_for_s=10, fault_every_s=1000), 50)
    differs = np.abs(faulty - normal).reshape(-1, 100).max(axis=1) > 0
    first, last = np.flatnonzero(differs)[[0, -1]] / 160
    assert (first, last) == (pytest.approx(19.9, abs=0.2), pytest.approx(29.9, abs=0.2))


def test_joints_are_no_clicks() -> None:
    steps = np.abs(np.diff(_seconds(Simulated("fan"), 30)))
    joint = round(9.95 * 16_000)
    assert steps[joint - 5 : joint + 5].max() < np.quantile(steps, 0.999)


def test_it_comes_in_real_time_until_it_is_stopped() -> None:
    stopping = Event()
    source = Simulated("fan").listen(stopping)
    began = time.monotonic()
    begin, *blocks = islice(source, 3)
    assert isinstance(begin, Begin)
    assert sum(map(len, blocks)) / begin.rate <= time.monotonic() - began
    assert blocks[0].shape[1] == 1
    stopping.set()
    assert len(list(source)) == 1


def test_a_fault_that_the_machine_cannot_have_is_named() -> None:
    with pytest.raises(ParameterError, match="'fault'"):
        Simulated("fan", fault="nonsense")
