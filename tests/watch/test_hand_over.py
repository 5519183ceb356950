"""A machine takes the place of another without losing a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Hum

from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.watch.acquisition.stretch import Stretch
from offkey.watch.hand_over import HandOver
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model
from offkey.watch.make_machine import Made
from offkey.watch.state.shadow_rows import ShadowRows

AT = 1_800_000_000.0


@pytest.fixture
def make(settings):
    def made(*, in_service: bool = True, shadow: bytes | None = None, **fields) -> Made:
        described = settings({"kind": "stdin", "rate": 16_000}, **fields)
        rows = None if shadow is None else ShadowRows([(shadow, None)])
        return Made(WatchedMachine(described, *load_model(described, Path()), rows), 16_000, 4.0, in_service)

    return made


def _blocks(hum: Hum, seconds: float, seed: int = 0) -> list[Item]:
    return [block[:, None] for block in np.array_split(hum(seed, seconds=seconds), round(4 * seconds))]


def test_both_score_until_the_second_has_a_window(make, hum: Hum) -> None:
    first, second = make(), make(hop_s=0.48)
    line = HandOver(first)
    findings = line.feed(Begin(16_000, AT), AT)
    ends = []
    for number, block in enumerate(_blocks(hum, 10)):
        if number == 18:  # after 4.5 s, in the middle of a window
            assert not line.to(second, AT)
            assert (line.made, line.coming) == (first, second)
        findings += line.feed(block, AT)
        if line.made.machine.last_end is not None:
            ends.append(line.made.machine.last_end - AT)
    assert line.made is second
    findings += line.stop(AT)
    assert sorted(set(ends)) == pytest.approx([1, 2, 3, 4, 5, *(5.5 + 0.48 * k for k in range(10))])
    assert sum(row.windows for row in findings.minutes) == 15
    assert [row.model.partition(" ")[2] for row in findings.minutes] == ["every 1 s", "every 0.48 s"]


def test_within_a_recording_the_first_scores_it_to_its_end(make, hum: Hum) -> None:
    first, second = make(), make()
    line = HandOver(first)
    line.feed(Begin(16_000, AT, 3.0), AT)
    blocks = _blocks(hum, 3)
    for block in blocks[:6]:
        line.feed(block, AT)
    line.to(second, AT)
    for block in blocks[6:]:
        line.feed(block, AT)
    assert line.made is first
    left = line.feed(End("over", is_whole=True, recording="a"), AT)
    assert line.made is second
    assert ([row.windows for row in left.minutes], left.recordings[0].name) == ([3], "a")


def test_between_stretches_the_second_takes_over_at_once(make, hum: Hum) -> None:
    first, second = make(), make()
    line = HandOver(first)
    line.to(second, AT)
    assert line.made is second


def test_out_of_service_nothing_is_scored_and_recordings_are_not_taken_later(make, hum: Hum) -> None:
    line = HandOver(make())
    line.feed(Begin(16_000, AT, 3.0), AT)
    for block in _blocks(hum, 3)[:5]:
        line.feed(block, AT)
    assert [row.windows for row in line.to(make(in_service=False), AT).minutes] == [1]
    for block in _blocks(hum, 3):
        assert not line.feed(block, AT)
    (row,) = line.feed(End("over", is_whole=True, recording="a"), AT).recordings
    assert (row.name, row.error) == ("a", "the machine was out of service")


def test_a_stretch_can_be_begun_in_its_middle_unless_it_is_a_recording(hum: Hum) -> None:
    stretch = Stretch()
    assert stretch.begin() is None
    for item in (Begin(16_000, AT), hum(seconds=2)[:, None], Correction("clock moved", 5.0, "")):
        stretch.follow(item)
    assert stretch.begin() == Begin(16_000, AT + 7)
    stretch.follow(End("it broke off"))
    assert stretch.begin() is None
    stretch.follow(Begin(16_000, AT, 10.0))
    assert stretch.begin() is None


def test_an_event_outlasts_a_change_of_its_machine(make, surprises: bytes, hum: Hum) -> None:
    first, second = make(shadow=surprises), make(shadow=surprises, sensitivity=1)
    line = HandOver(first)
    findings = line.feed(Begin(16_000, AT), AT)
    for number in range(40):
        if number == 20:
            line.to(second, AT)
        findings += line.feed(hum(number, tone_hz=3000)[:, None], AT)
    assert line.made is second
    assert [change.kind for change in findings.changes].count("new") == 1
    assert "end" not in [change.kind for change in findings.changes]
    assert {change.event for change in findings.changes} == {findings.changes[0].event}
    assert second.machine.event is not None


def test_what_is_wrong_with_the_source_is_known_to_the_second_from_its_begin(make, hum: Hum) -> None:
    first, second = make(), make()
    line = HandOver(first)
    line.feed(Begin(16_000, AT), AT)
    line.feed(Doubt("clipped", is_certain=True), AT)
    line.to(second, AT)
    for block in _blocks(hum, 2):
        line.feed(block, AT)
    assert line.made is second
    assert second.machine.problem == "the state of the source was: clipped"


def test_a_machine_listens_to_the_channel_of_its_model(make) -> None:
    assert make().channels == [0]
