from __future__ import annotations

import gc
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.conftest import RATE, RULE, WINDOW, calibration, noise

import offkey.runtime
from offkey.decision.events import excursions, smooth
from offkey.runtime.calibration import EventRule
from offkey.runtime.engine import NumpyEngine
from offkey.runtime.graph import Graph
from offkey.runtime.model import Model
from offkey.runtime.result import Event, Result

HOP = 100


def _sound() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Normal noise with two loud stretches, silence and missing sound."""
    sound = noise(9000)
    sound[2000:2600] *= 20
    sound[3500:3900] = 0
    sound[5000:5010] = np.nan
    sound[6000:6900] *= 10
    return sound


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 9000), max_size=25))
def test_results_are_the_same_however_the_sound_is_cut(graph: Graph, cuts: list[int]) -> None:
    model = Model(NumpyEngine(graph), calibration(), rate=RATE, window=WINDOW, hop=WINDOW, events=RULE)
    whole, cut = model.stream(), model.stream()
    expected = whole.push(_sound())
    found = [result for block in np.split(_sound(), sorted(cuts)) for result in cut.push(block)]
    assert found == expected
    assert cut.event == whole.event
    assert cut.finish() == whole.finish()


def test_events_are_those_of_the_whole_series(model: Model) -> None:
    results = model.stream().push(_sound())
    scores = np.array([math.nan if result.score is None else result.score for result in results])
    assert len(scores) == (9000 - WINDOW) // HOP + 1
    surprises = [model.calibration.surprise(score) for score in scores.tolist()]
    smoothed = smooth(surprises, RULE.half_life, usual=RULE.usual, hold=RULE.hold)
    expected = [one for one in excursions(smoothed, RULE.close_at, RULE.hold) if one.peak >= RULE.open_at]
    ended = [result.event for result in results if result.event is not None and result.event.kind == "end"]
    assert [(one.start_s, one.end_s) for one in ended] == [
        (one.first * HOP / RATE, (one.last * HOP + WINDOW) / RATE) for one in expected
    ]
    assert [one.peak for one in ended] == pytest.approx([one.peak for one in expected])
    assert len(expected) == 2


def test_an_event_is_new_goes_on_and_ends(model: Model) -> None:
    kinds = [result.event.kind if result.event else "" for result in model.stream().push(_sound())]
    first = kinds.index("new")
    last = kinds.index("end")
    assert kinds[first:last] == ["new", *["update"] * (last - first - 1)]
    assert kinds[last + 1] == ""
    assert (kinds.count("new"), kinds.count("end")) == (2, 2)


def test_an_event_that_goes_on_at_the_end_is_ended(model: Model) -> None:
    stream = model.stream()
    stream.push(_sound()[:2500])
    known = stream.event
    assert isinstance(known, Event)
    assert stream.finish() == Event("end", known.start_s, known.end_s, known.peak)
    assert stream.event is None
    assert stream.finish() is None


def test_windows_of_missing_or_silent_sound_say_so_and_time_goes_on(model: Model) -> None:
    results = model.stream(events=False).push(_sound())
    errors = {result.start_s: result.error for result in results if result.error}
    assert "digital silence" in errors[3.6]
    assert "NaN" in errors[5.0]
    assert isinstance(results[-1], Result)
    assert results[-1].error is None
    assert results[-1].start_s == 8.8


def test_blocks_of_several_channels_are_taken(model: Model) -> None:
    sound = _sound()[:3000]
    both = np.stack([sound, np.zeros_like(sound)], axis=1)
    assert model.stream().push(both) == model.stream().push(sound)


def test_hours_of_seconds_take_no_more_memory_than_minutes(graph: Graph) -> None:
    """A month stands in the benchmark of the runtime."""
    rule = EventRule(1.0, 10.0, RULE.open_at, RULE.close_at, 60, 1.0)
    stream = Model(NumpyEngine(graph), calibration(), rate=400, window=WINDOW, hop=WINDOW, events=rule).stream()
    blocks = [noise(400 * 60, level) for level in (0.05, 0.1, 1.0)]
    own = tracemalloc.Filter(True, str(Path(offkey.runtime.__file__).parent / "*"))  # other threads allocate, too
    tracemalloc.start()
    try:
        held, results = [], 0
        for _ in range(6):
            results += sum(len(stream.push(blocks[minute % 3])) for minute in range(15))
            gc.collect()  # and with it Python's own lists of free objects
            held.append(sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([own]).traces))
    finally:
        tracemalloc.stop()
    assert results == 90 * 60
    assert max(held[1:]) < held[0] + 4096
