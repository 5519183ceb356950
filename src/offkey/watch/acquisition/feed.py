"""A source in its thread: for ever connected again, its sound held in bounded memory until it is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from threading import Condition, Event, Thread

import numpy as np

from offkey.audio.channel import Samples
from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import SampleClock
from offkey.watch.acquisition.source import Begin, End, Item, Source, SourceAbsentError, SourceLostError
from offkey.watch.acquisition.states import SourceState, SourceStates
from offkey.watch.clock import REAL, Clock
from offkey.watch.pauses import pauses

__all__ = ["Feed"]

_HELD_S = 60.0  # of sound at most
_GOOD_S = 60.0  # a connection that lasted so long begins again with the shortest pause


class Feed:
    """Listens to a source until it is stopped, and never gives up.

    Sound of a source that does not wait is dropped where it is not taken in time; the stretch ends there, since a
    window must not reach over a gap.

    `source`: what to listen to.
    `arrived`: set whenever something can be taken.
    `clock`: by which it goes; the computer's.
    """

    def __init__(self, source: Source, arrived: Event, clock: Clock = REAL) -> None:
        self._source, self._arrived, self._clock = source, arrived, clock
        self._stopping = Event()
        self._items = deque[Item]()
        self._held_s, self._rate = 0.0, 1
        self._changed = Condition()
        self._states = SourceStates(source.stalled_after_s)
        self._begin, self._count = Begin(1, 0.0), 0  # the stretch that comes, and its samples so far
        self._is_dropping = False
        self._sample_clock: SampleClock | None = None
        self._doubt = Doubt(None)
        self.channels: Sequence[int] = ()
        """The channels whose flaws count, since the others are not listened to; empty for all."""
        self._thread = Thread(target=self._run, name="source", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self, patience_s: float = 10.0) -> None:
        """End the source, and with it whatever it started."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(patience_s)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come, and all was taken."""
        with self._changed:
            return not self._thread.is_alive() and not self._items

    def state(self) -> tuple[SourceState, str]:
        """Return the state of the source, and why it is none of sound, empty if nothing is wrong."""
        return self._states.state(self._clock.monotonic()), self._states.reason

    def take(self) -> Item | None:
        """Return what came next; None while nothing is there."""
        with self._changed:
            if not self._items:
                return None
            item = self._items.popleft()
            if isinstance(item, np.ndarray):
                self._held_s -= len(item) / self._rate
            self._changed.notify_all()
            return item

    def _run(self) -> None:
        tries = pauses()
        while not self._stopping.is_set():
            began, is_absent = self._clock.monotonic(), False
            try:
                for item in self._source.listen(self._stopping, self._clock):
                    self._put(item)
                break
            except SourceLostError as error:
                reason, is_absent = str(error), isinstance(error, SourceAbsentError)
            except Exception as error:  # a source that dies of a mistake of ours is deaf, too, and is tried again
                reason = f"{type(error).__name__}: {error}"
            self._states.lost(reason, self._clock.monotonic(), is_absent=is_absent)
            self._append(End(reason))
            if self._clock.monotonic() - began >= _GOOD_S:
                tries = pauses()
            self._clock.wait(self._stopping, next(tries))
        self._states.ended()
        self._arrived.set()

    def _put(self, item: Item) -> None:
        """Hold what came, or drop samples for which there is no room."""
        if isinstance(item, Begin):
            self._begin, self._count, self._rate, self._is_dropping = item, 0, item.rate, False
            self._sample_clock = None if self._source.waits else SampleClock(item.rate, item.at)
            self._states.interrupted()
        if not isinstance(item, np.ndarray):
            self._append(item)
            return
        if len(item):
            self._states.received(self._used(item), self._rate, self._clock.monotonic())
            self._append_doubt()
        has_room = self._has_room()
        if has_room and self._is_dropping:
            self._append(Begin(self._begin.rate, self._begin.at + self._count / self._begin.rate))
        elif not has_room and not self._is_dropping:
            self._append(End("samples were lost, since they were not scored in time"))
        self._is_dropping = not has_room
        if has_room:
            self._append(item)
        self._count += len(item)
        self._correct(len(item))

    def _used(self, block: Samples) -> Samples:
        """Return the channels whose flaws count; all where one of them is missing, which is said elsewhere."""
        channels = list(self.channels)
        return block[:, channels] if channels and max(channels) < block.shape[1] else block

    def _append_doubt(self) -> None:
        """Say from which block on the sound is no evidence about the machine, or is again."""
        if (doubt := self._states.doubt) != self._doubt:
            self._doubt = doubt
            self._append(doubt)

    def _correct(self, samples: int) -> None:
        """Let the time of what comes follow the clocks."""
        if self._sample_clock is None:
            return
        for correction in self._sample_clock.received(samples, self._clock.monotonic(), self._clock.utc()):
            self._begin = replace(self._begin, at=self._begin.at + correction.seconds)
            self._append(correction)

    def _has_room(self) -> bool:
        """Tell whether more sound may be held; where the source waits, wait for it."""
        with self._changed:
            if self._source.waits:
                self._changed.wait_for(lambda: self._held_s < _HELD_S or self._stopping.is_set())
            return self._held_s < _HELD_S

    def _append(self, item: Item) -> None:
        with self._changed:
            self._items.append(item)
            if isinstance(item, np.ndarray):
                self._held_s += len(item) / self._rate
        self._arrived.set()
