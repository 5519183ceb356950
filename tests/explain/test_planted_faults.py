"""Faults whose band and time are known, planted in real normal clips: does the explanation point there?"""

from __future__ import annotations

import pytest
from benchmarks.explain import Overlap, overlap, plant
from benchmarks.proxy_clips import RATE, Machine

from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.model import Model


def _overlap(model: Model, machine: Machine, fault: str, severity: float) -> Overlap:
    planted = plant(machine.test[1], fault, severity, (1, machine.faults.index(fault)))
    assert planted is not None
    return overlap(explain(model, ArrayRecording(planted[0], RATE)), planted[1])


@pytest.mark.parametrize("fault", ["rattle", "squeal", "bearing"])
def test_a_bad_fault_is_pointed_at_in_band_and_time(fault: str, slider: Machine, slider_model: Model) -> None:
    found = _overlap(slider_model, slider, fault, 1.0)
    assert found.band > 0.9
    assert found.time > 0.7
    assert found.band_chance < 0.7


def test_the_worse_the_fault_the_better_it_is_pointed_at(slider: Machine, slider_model: Model) -> None:
    mild, bad = (_overlap(slider_model, slider, "squeal", severity) for severity in (0.1, 0.8))
    assert bad.band * bad.time > 0.7
    assert bad.band * bad.time >= mild.band * mild.time
