"""A source in its thread: connected for ever, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Event

import numpy as np
import pytest

from offkey.watch.acquisition import feed as feeding
from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item, SourceLostError
from offkey.watch.clock import REAL, Clock, MovedClock

SECOND = np.ones((100, 1), np.float32)


class Scripted:
    """A source that does at each connection what a script says."""

    stalled_after_s = 30.0

    def __init__(self, *connections: Callable[[Event], Iterator[Item]], waits: bool = False) -> None:
        self.connections, self.waits, self.tries = list(connections), waits, 0

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        self.tries += 1
        yield from self.connections[min(self.tries, len(self.connections)) - 1](stopping)


def _refuses(_: Event) -> Iterator[Item]:
    raise SourceLostError("nobody answers")
    yield


def _fails(_: Event) -> Iterator[Item]:
    yield Begin(100, 0.0)
    raise ZeroDivisionError("a mistake")


def _gives(seconds: int) -> Callable[[Event], Iterator[Item]]:
    def listen(_: Event) -> Iterator[Item]:
        yield Begin(100, 1000.0)
        for number in range(seconds):
            yield number * SECOND
        yield End("over", is_whole=True)

    return listen


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "pauses", lambda: iter(lambda: 0.01, None))


def _all(feed: Feed) -> list[Item]:
    found = []
    until = time.monotonic() + 10
    while not feed.has_ended and time.monotonic() < until:
        item = feed.take()
        if item is None:
            time.sleep(0.005)
        else:
            found.append(item)
    return found


def test_it_connects_for_ever_also_the_first_time() -> None:
    source = Scripted(*[_refuses] * 20, _gives(2))
    feed = Feed(source, Event())
    feed.start()
    items = _all(feed)
    assert source.tries == 21
    assert [item for item in items if isinstance(item, Begin)] == [Begin(100, 1000.0)]
    assert len([item for item in items if isinstance(item, np.ndarray)]) == 2
    assert feed.state()[0] == "ended"
    feed.stop()


def test_a_mistake_in_a_source_makes_no_one_deaf() -> None:
    feed = Feed(Scripted(_fails, _gives(1)), Event())
    feed.start()
    reasons = [item.reason for item in _all(feed) if isinstance(item, End)]
    assert reasons == ["ZeroDivisionError: a mistake", "over"]
    feed.stop()


def test_lost_samples_are_counted_as_a_gap() -> None:
    feed = Feed(Scripted(_gives(100)), Event())
    feed.start()
    feed._thread.join(10)
    assert len(feed._items) < 70  # a minute is held
    found = _all(feed)
    assert next(item.reason for item in found if isinstance(item, End)).startswith("samples were lost")
    assert [item[0, 0] for item in found if isinstance(item, np.ndarray)] == list(range(60))
    feed.stop()


def test_after_a_gap_the_sound_goes_on_at_its_own_time() -> None:
    given, taken = Event(), Event()

    def listen(_: Event) -> Iterator[Item]:
        yield Begin(100, 1000.0)
        for number in range(70):
            yield number * SECOND
        given.set()
        taken.wait(60)
        yield 70 * SECOND

    feed = Feed(Scripted(listen), Event())
    feed.start()
    assert given.wait(60)
    assert feed._is_dropping
    first = [feed.take() for _ in range(30)]
    taken.set()
    rest = _all(feed)
    begins = [item for item in first + rest if isinstance(item, Begin)]
    assert begins == [Begin(100, 1000.0), Begin(100, 1070.0)]
    assert rest[-1][0, 0] == 70
    feed.stop()


def test_a_source_that_waits_loses_nothing() -> None:
    feed = Feed(Scripted(_gives(150), waits=True), Event())
    feed.start()
    found = _all(feed)
    assert [item[0, 0] for item in found if isinstance(item, np.ndarray)] == list(range(150))
    feed.stop()


def test_stopping_ends_a_source_that_waits_for_room() -> None:
    feed = Feed(Scripted(_gives(150), waits=True), Event())
    feed.start()
    time.sleep(0.05)
    feed.stop()
    assert not feed._thread.is_alive()


@pytest.mark.parametrize("waits", [False, True])
def test_the_time_of_a_stream_follows_the_clock_and_that_of_a_file_does_not(waits: bool) -> None:
    clock = MovedClock()

    def listen(_: Event) -> Iterator[Item]:
        yield Begin(100, clock.utc())
        for number in range(4):
            yield SECOND[:1]
            clock.set_calendar(0.0 if number else 100.0)

    feed = Feed(Scripted(listen, waits=waits), Event(), clock)
    feed.start()
    found = [item for item in _all(feed) if isinstance(item, Correction)]
    assert [(one.kind, round(one.seconds)) for one in found] == ([] if waits else [("clock moved", 100)])
    feed.stop()


@pytest.mark.parametrize(("channels", "doubts"), [((), 1), ((0, 1), 1), ((0,), 0), ((7,), 1)])
def test_flaws_of_channels_that_nobody_listens_to_do_not_count(channels: tuple[int, ...], doubts: int) -> None:
    sound = 0.1 * np.random.default_rng(0).standard_normal((100, 3)).astype(np.float32)
    sound[:, 1] += 0.5

    def listen(_: Event) -> Iterator[Item]:
        yield Begin(100, 1000.0)
        yield sound

    feed = Feed(Scripted(listen), Event())
    feed.channels = channels
    feed.start()
    assert len([item for item in _all(feed) if isinstance(item, Doubt)]) == doubts
    feed.stop()
