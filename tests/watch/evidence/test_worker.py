"""The thread beside the monitor: clips and explanations as rows, and whatever goes wrong as well."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum

from offkey.errors import OffkeyError
from offkey.model import Model, load
from offkey.watch.clock import MovedClock
from offkey.watch.evidence import worker as module
from offkey.watch.evidence.gathering import Case
from offkey.watch.evidence.ring import Cut
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.evidence.worker import Evidence, EvidenceWorker
from offkey.watch.health.events import Change

AT = 1_800_000_000.0


@pytest.fixture(scope="module")
def model(watch_model: Path) -> Model:
    return load(watch_model)


@pytest.fixture
def case(model: Model, hum: Hum) -> Callable[..., Case]:
    """Return a function: event, number of seconds and which of them is explained, to a case."""

    def make(event: str = "e", seconds: int = 3, explained: int = 1, *, machine: str = "hum") -> Case:
        sound = [np.rint(hum(k, tone_hz=3000) * 32_767).astype(np.int16)[:, None] for k in range(seconds)]
        change = Change(event, machine, "new", "fast", AT + 2, AT + 1, None, 5.0, "m")
        window = Cut(sound[explained], 16_000, AT + explained)
        return Case(change, Cut(np.concatenate(sound), 16_000, AT), window, model)

    return make


@pytest.fixture
def room() -> list[bool]:
    """Whether the disk has room."""
    return [True]


@pytest.fixture
def work(tmp_path: Path, room: list[bool]) -> Iterator[Callable[..., list[Evidence]]]:
    """Return a function: cases to what a worker that is stopped after them has found."""
    arrived = Event()
    worker = EvidenceWorker(ClipSettings(), tmp_path, arrived, lambda: room[0], MovedClock(AT + 100))
    worker.start()

    def run(*cases: Case) -> list[Evidence]:
        """Wait for each case before the next, as they come in life."""
        found = []
        for one in cases:
            arrived.clear()
            worker.add(one)
            assert arrived.wait(60)
            evidence = worker.take()
            assert evidence is not None
            found.append(evidence)
        return found

    yield run
    worker.stop()


def test_a_case_becomes_a_clip_and_an_explanation(work, case, tmp_path: Path) -> None:
    (found,) = work(case())
    assert found.clip is not None
    content = (tmp_path / found.clip.path).read_bytes()
    assert found.clip.path == "clips/2027-01-15/hum_20270115T080001Z_e.flac"
    assert (found.clip.bytes, found.clip.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (found.clip.began, found.clip.ended, found.clip.rate) == (AT, AT + 3, 16_000)
    assert (found.clip.removed_at, found.clip.reason, found.problem) == (None, None, "")
    assert found.explanation is not None
    assert (found.explanation.event, found.explanation.at) == ("e", AT + 100)
    assert found.explanation.details["window"]["began"] == AT + 1
    assert "3 kHz" in found.explanation.sentence


def test_a_later_case_replaces_the_clip_and_explains_only_another_window(work, case, tmp_path: Path) -> None:
    first, same, other = work(case(seconds=2), case(seconds=3), case(seconds=4, explained=2))
    assert first.clip.path == same.clip.path == other.clip.path
    assert soundfile.info(tmp_path / other.clip.path).frames == 4 * 16_000
    assert same.explanation is None
    assert other.explanation.details["window"]["began"] == AT + 2


def test_a_full_disk_costs_the_clip_and_says_so(work, case, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise OffkeyError(f"{path.name} cannot be written: No space left on device.")

    monkeypatch.setattr(module, "write_clip", refuse)
    (found,) = work(case())
    reason = "hum_20270115T080001Z_e.flac cannot be written: No space left on device."
    assert (found.clip.bytes, found.clip.sha256, found.clip.removed_at) == (0, "", AT + 100)
    assert (found.clip.reason, found.problem) == (reason, f"the clip of its event is not kept: {reason}")
    assert found.explanation.details["regions"]


def test_no_clip_is_written_where_too_little_is_free(work, case, room: list[bool], tmp_path: Path) -> None:
    room[0] = False
    (found,) = work(case())
    assert (found.clip.bytes, found.clip.reason) == (0, "too little is free on the disk")
    assert list(tmp_path.iterdir()) == []
    room[0] = True
    (found,) = work(case(seconds=4))
    assert (found.clip.reason, found.clip.removed_at) == (None, None)


def test_a_disk_that_is_full_later_leaves_the_clip_that_is_there(work, case, tmp_path, monkeypatch) -> None:
    (first,) = work(case(seconds=2))
    before = (tmp_path / first.clip.path).read_bytes()
    real = module.write_clip

    def fail(path: Path, change: Change, cut: Cut) -> tuple[int, str]:
        monkeypatch.setattr("offkey.files.os.fsync", _no_space)
        return real(path, change, cut)

    monkeypatch.setattr(module, "write_clip", fail)
    (later,) = work(case(seconds=3))
    monkeypatch.undo()
    assert later.clip is None
    assert "the rest of the clip of its event is not kept" in later.problem
    assert "No space left on device" in later.problem
    assert (tmp_path / first.clip.path).read_bytes() == before


def _no_space(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("error", "said"),
    [(OffkeyError("It is silent."), "It is silent."), (ZeroDivisionError("oh"), "ZeroDivisionError: oh")],
)
def test_an_explanation_that_fails_is_recorded_and_the_next_is_made(
    work, case, error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(module, "explain_window", fail)
        (first,) = work(case())
    (second,) = work(case("f"))
    assert (first.explanation.sentence, first.explanation.details) == (f"No explanation could be made: {said}", {})
    assert first.clip.reason is None
    assert second.explanation.details["regions"]


def test_sound_that_is_not_in_memory_any_more_is_said(work, model: Model) -> None:
    change = Change("e", "hum", "new", "fast", AT + 2, AT + 1, None, 5.0, "m")
    (found,) = work(Case(change, None, None, model))
    assert (found.clip.bytes, found.clip.reason) == (0, "its sound was not in memory any more")
    assert found.explanation.sentence == "No explanation could be made: its sound was not in memory any more."


def test_what_waits_is_bounded_and_one_event_waits_once(case, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 2)
    worker = EvidenceWorker(ClipSettings(), tmp_path, Event(), lambda: True)
    for one in (case("a"), case("b", seconds=2), case("b", seconds=3)):
        worker.add(one)
    assert worker.take() is None
    worker.add(case("c"))
    given_up = worker.take()
    assert given_up is not None
    assert (given_up.case.change.event, given_up.clip.reason) == ("a", "too many clips waited to be written")
    worker.start()
    worker.stop()
    written = [worker.take(), worker.take()]
    assert [(one.clip.event, one.clip.ended - one.clip.began) for one in written] == [("b", 3.0), ("c", 3.0)]
    assert worker.take() is None


def test_what_is_not_written_in_time_when_the_monitor_stops_is_said(case, tmp_path: Path, monkeypatch) -> None:
    entered, leave = Event(), Event()

    def stuck(*_: object) -> tuple[int, str]:
        entered.set()
        leave.wait(60)
        return 1, "d"

    monkeypatch.setattr(module, "write_clip", stuck)
    worker = EvidenceWorker(ClipSettings(), tmp_path, Event(), lambda: True)
    worker.start()
    worker.add(case("a"))
    assert entered.wait(60)
    worker.add(case("b"))
    worker.stop(patience_s=0.05)
    found = worker.take()
    assert found is not None
    assert (found.case.change.event, found.clip.reason) == ("b", "the monitor was stopped before it was written")
    leave.set()
    worker.stop()
