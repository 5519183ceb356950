"""A folder of a recorder: each file once, and only when it is finished."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Self

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum
from tests.watch.acquisition.conftest import wait_for

from offkey.errors import OffkeyError
from offkey.watch.acquisition import folder as folders
from offkey.watch.acquisition.folder import Folder
from offkey.watch.acquisition.source import Begin, End, Item, SourceLostError
from offkey.watch.clock import MovedClock


class _Scans:
    """In place of an event to stop by: does something at each pause, and stops in the end."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)

    def is_set(self) -> bool:
        return not self.steps

    def wait(self, _seconds: float) -> bool:
        self.steps.pop(0)()
        return not self.steps


def _nothing() -> None:
    return None


def _write(path: Path, hum: Hum, seed: int = 0, *, age_s: float = 60.0) -> None:
    soundfile.write(path, hum(seed), 16_000)
    at = time.time() - age_s
    os.utime(path, (at, at))


def _listen(source: Folder, *steps: Callable[[], object]) -> list[Item]:
    return list(source.listen(_Scans(*steps, _nothing)))  # type: ignore[arg-type]


def _names(items: list[Item]) -> list[str]:
    return [str(item.recording).split()[0] for item in items if isinstance(item, End)]


def test_a_file_is_taken_once_the_oldest_first(tmp_path: Path, hum: Hum) -> None:
    _write(tmp_path / "b.wav", hum, age_s=90)
    (tmp_path / "within").mkdir()
    _write(tmp_path / "within" / "a.wav", hum, 1)
    items = _listen(Folder(tmp_path), _nothing, _nothing, _nothing)
    assert _names(items) == ["b.wav", "within/a.wav"]
    begin = items[0]
    assert isinstance(begin, Begin)
    assert (begin.rate, begin.seconds) == (16_000, 1.0)
    assert begin.at == pytest.approx(time.time() - 91, abs=5)
    expected = soundfile.read(tmp_path / "b.wav", dtype="float32")[0]
    assert isinstance(items[1], np.ndarray)
    assert np.array_equal(items[1][:, 0], expected)
    again = Folder(tmp_path, were_taken=lambda _: [str(item.recording) for item in items if isinstance(item, End)])
    assert _listen(again, _nothing, _nothing) == []


def test_a_file_that_grows_is_not_taken(tmp_path: Path, hum: Hum) -> None:
    path = tmp_path / "a.wav"
    ages = iter((40.0, 30.0, 20.0, 20.0, 20.0))

    def grow() -> None:
        age_s = next(ages)
        soundfile.write(path, np.tile(hum(), 5 - round(age_s) // 10), 16_000)
        os.utime(path, (time.time() - age_s,) * 2)

    grow()
    items = _listen(Folder(tmp_path), grow, grow, _nothing, _nothing)
    assert _names(items) == ["a.wav"]
    assert isinstance(items[0], Begin)
    assert items[0].seconds == 3.0


def test_a_young_file_waits(tmp_path: Path, hum: Hum) -> None:
    _write(tmp_path / "a.wav", hum, age_s=0)
    assert _listen(Folder(tmp_path, settled_s=100), _nothing, _nothing) == []
    assert _names(_listen(Folder(tmp_path, settled_s=0), _nothing, _nothing)) == ["a.wav"]


def test_a_file_that_is_no_sound_is_taken_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("this is no sound")
    (item,) = _listen(Folder(tmp_path, settled_s=0), _nothing, _nothing)
    assert isinstance(item, End)
    assert not item.is_whole
    assert "a.wav" in item.reason


def test_what_is_gone_is_forgotten_and_not_taken_again_where_it_comes_back(
    tmp_path: Path, hum: Hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_NEWEST", 1)
    away, database = tmp_path / "away", list[str]()
    folder = tmp_path / "in"
    folder.mkdir()
    for seed in range(4):
        _write(folder / f"{seed}.wav", hum, seed, age_s=90 - seed)
    source = Folder(folder, were_taken=lambda states: [one for one in states if one in database])
    held = list[int]()

    def keep() -> None:
        database.extend(source._taken)

    def go() -> None:
        keep()
        folder.rename(away)
        folder.mkdir()

    def come_back() -> None:
        held.append(len(source._taken))
        folder.rmdir()
        away.rename(folder)

    class Always:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def take(self) -> bool:
            return True

    source._changes = Always  # type: ignore[assignment, method-assign]
    items = _listen(source, _nothing, _nothing, go, _nothing, come_back, _nothing, _nothing, _nothing)
    assert _names(items) == [f"{number}.wav" for number in range(4)]
    assert held == [1]
    assert len(source._taken) == 4


def test_where_nobody_knows_what_was_taken_only_what_is_newer_is(tmp_path: Path, hum: Hum) -> None:
    _write(tmp_path / "old.wav", hum, age_s=90)
    answers: list[OffkeyError | list[str]] = [OffkeyError("away"), []]

    def were_taken(_states: object) -> list[str]:
        answer = answers.pop(0) if answers else OffkeyError("away")
        if isinstance(answer, OffkeyError):
            raise answer
        return answer

    source = Folder(tmp_path, were_taken=were_taken)
    assert _names(_listen(source, _nothing)) == []
    assert _names(_listen(source, _nothing)) == ["old.wav"]
    _write(tmp_path / "older.wav", hum, 1, age_s=100)
    _write(tmp_path / "newer.wav", hum, 2, age_s=60)
    assert _names(_listen(source, _nothing, _nothing)) == ["newer.wav"]


def test_a_folder_may_come_later(tmp_path: Path) -> None:
    with pytest.raises(SourceLostError, match="is not there"):
        list(Folder(tmp_path / "later").listen(Event()))


def test_stopping_leaves_what_is_left_for_the_next_time(tmp_path: Path, hum: Hum) -> None:
    for seed in range(3):
        _write(tmp_path / f"{seed}.wav", hum, seed, age_s=90 - seed)
    stopping = Event()

    def stop_after_one(source: Iterator[Item]) -> Iterator[Item]:
        for item in source:
            if isinstance(item, End):
                stopping.set()
            yield item

    original = folders._LOOK_S
    try:
        folders._LOOK_S = 0.01
        items = list(stop_after_one(Folder(tmp_path).listen(stopping)))
    finally:
        folders._LOOK_S = original
    assert _names(items) == ["0.wav"]


def test_a_file_is_taken_as_soon_as_the_system_reports_it_and_else_at_the_next_rescan(
    tmp_path: Path, hum: Hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_LOOK_S", 0.05)
    stopping, scans = Event(), list[float]()
    source = Folder(tmp_path, settled_s=0)
    real = source._finished

    def finished(now: float) -> list[tuple[Path, str]]:
        scans.append(now)
        return real(now)

    monkeypatch.setattr(source, "_finished", finished)
    items = source.listen(stopping)
    assert isinstance(items, Generator)
    thread = Thread(target=lambda: taken.append(next(items)), daemon=True)
    taken: list[Item] = []
    thread.start()
    assert wait_for(lambda: bool(scans))
    time.sleep(0.3)
    assert len(scans) <= 2  # when the system begins to report, and not again and again
    _write(tmp_path / "a.wav", hum)
    thread.join(20)  # long before the rescan
    assert isinstance(taken[0], Begin)
    stopping.set()
    items.close()


def test_a_network_drive_that_reports_nothing_is_looked_through_now_and_then(tmp_path: Path, hum: Hum) -> None:
    clock = MovedClock(time.time())

    class Deaf:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def take(self) -> bool:
            return False

    class Scans(_Scans):
        def is_set(self) -> bool:
            clock.move(10)
            return super().is_set()

    source = Folder(tmp_path)
    source._changes = Deaf  # type: ignore[assignment, method-assign]
    steps = [lambda: _write(tmp_path / "a.wav", hum), *[_nothing] * 5]
    clock.wait = lambda event, seconds: event.wait(seconds)  # type: ignore[method-assign]
    assert _names(list(source.listen(Scans(*steps, _nothing), clock))) == ["a.wav"]  # type: ignore[arg-type]
