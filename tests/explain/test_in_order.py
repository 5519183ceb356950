"""Strokes that fail, planted in clips of a machine that repeats a cycle: does the explanation say which and how?"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from benchmarks.order_clips import Cycles, Stroke, cycles_of
from benchmarks.proxy_clips import RATE

import offkey
from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.model import Model


def _bursts() -> list[np.ndarray]:
    fall = np.exp(-np.arange(RATE // 5) / (0.06 * RATE))
    return [(0.4 * fall * np.random.default_rng(seed).normal(size=len(fall))).astype(np.float32) for seed in range(6)]


BETWEEN = [np.random.default_rng(seed).normal(0, 0.03, 12 * RATE).astype(np.float32) for seed in range(6)]
MACHINE = Cycles("bursts of noise", (_bursts(), _bursts()), BETWEEN, 1.3)
NUMBER = 77


@pytest.fixture(scope="module")
def model() -> Model:
    """Fitted on 30 clips of the machine."""
    return offkey.fit(cycles_of(MACHINE, range(30), 0), rate=RATE)


def _said(model: Model, change: Callable[[list[Stroke], int], list[Stroke]]) -> tuple[str, float]:
    """Return the sentence on a clip whose strokes are changed, and the time of the fifth strong one."""
    strokes = MACHINE.draw(np.random.default_rng(NUMBER))
    place = [place for place, stroke in enumerate(strokes) if stroke.kind == 0][4]
    sound = MACHINE.sound(change(strokes, place), np.random.default_rng(1))
    return explain(model, ArrayRecording(sound, RATE)).sentence, strokes[place].at_s


def test_of_a_normal_clip_nothing_is_said(model: Model) -> None:
    said, _ = _said(model, lambda strokes, place: strokes)
    assert not re.search("stroke", said), said


def test_a_late_stroke_is_named_with_its_time_and_by_how_much(model: Model) -> None:
    def late(strokes: list[Stroke], place: int) -> list[Stroke]:
        return [replace(stroke, at_s=stroke.at_s + 0.25 * (stroke is strokes[place])) for stroke in strokes]

    said, at_s = _said(model, late)
    found = re.search(r"The stroke of (\d\.\d) s comes (0\.\d+) s late", said)
    assert found, said
    assert float(found[1]) == pytest.approx(at_s, abs=0.2)
    assert float(found[2]) == pytest.approx(0.25, abs=0.15)


def test_another_order_is_named(model: Model) -> None:
    def swapped(strokes: list[Stroke], place: int) -> list[Stroke]:
        return [replace(stroke, kind=1 - stroke.kind, level_db=-6 - stroke.level_db) for stroke in strokes]

    said, _ = _said(model, swapped)
    assert "another order than in any normal clip" in said
    assert "every 1.3 s" in said


def test_a_missing_stroke_is_named_with_its_time(model: Model) -> None:
    said, at_s = _said(model, lambda strokes, place: [*strokes[:place], *strokes[place + 1 :]])
    found = re.search(r"The stroke at (\d\.\d) s (is missing|is \d+ dB too weak)|A dropout", said)
    assert found, said
    if found[1]:
        assert float(found[1]) == pytest.approx(at_s, abs=0.25)
