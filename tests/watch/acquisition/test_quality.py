"""Doubts: from when on sound is no evidence about a machine, and when that is certain."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from offkey.watch.acquisition.quality import Doubt, Quality
from offkey.watch.acquisition.simulated import Simulated

RATE = 1600
SOUND = 0.1 * np.random.default_rng(0).standard_normal((160, 1)).astype(np.float32)


def _doubts(block: np.ndarray, seconds: int, quality: Quality) -> list[Doubt]:
    found = [Doubt(None)]
    for _ in range(10 * seconds):
        quality.received(block, RATE)
        if quality.doubt != found[-1]:
            found.append(quality.doubt)
    return found[1:]


@pytest.mark.parametrize(
    ("block", "flaw"), [(np.clip(300 * SOUND, -1, 1), "clipped"), (SOUND + np.float32(0.06), "offset")]
)
def test_a_flaw_is_certain_once_it_has_lasted(block: np.ndarray, flaw) -> None:
    quality = Quality()
    assert _doubts(block, 9, quality) == [Doubt(flaw)]
    assert _doubts(block, 11, Quality()) == [Doubt(flaw), Doubt(flaw, is_certain=True)]
    quality.received(SOUND, RATE)
    assert quality.doubt == Doubt(None)


def test_digital_silence_is_certain_at_once() -> None:
    quality = Quality()
    assert _doubts(np.zeros_like(SOUND), 1, quality) == [Doubt("silent", is_certain=True)]
    assert quality.flaw is None  # a state only once it lasts


def test_a_level_that_moved_is_certain_within_ten_seconds() -> None:
    quality = Quality()
    rng = np.random.default_rng(1)
    found = [Doubt(None)]
    for tenth in range(400):
        block = rng.standard_normal((160, 1)).astype(np.float32) * np.float32(0.01 if tenth < 200 else 0.05)
        quality.received(block, RATE)
        if quality.doubt != found[-1]:
            found.append(quality.doubt)
            assert tenth < 300
    assert found == [Doubt(None), Doubt("level moved"), Doubt("level moved", is_certain=True)]
    assert quality.flaw == "level moved"


@pytest.mark.parametrize(("machine", "fault"), [("fan", "rattle"), ("pump", "leak"), ("slider", "missing_stroke")])
def test_a_fault_of_the_machine_is_no_flaw_of_the_source(machine: str, fault: str) -> None:
    quality = Quality()
    for block in islice(Simulated(machine, fault=fault, fault_after_s=20).sound(), 100):
        quality.received(block[:, None], 16_000)
        assert quality.flaw is None
