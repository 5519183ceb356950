"""Delivery of the outbox: one thread for each channel, at least once, in the order of each event."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Self

from offkey.errors import DataError, OffkeyError
from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import NotifySettings
from offkey.watch.clock import REAL, Clock
from offkey.watch.store.outbox import Outbox

__all__ = ["Courier", "Delivery"]

_ROUND_S = 1.0
_GONE = "This channel is no longer in the file of the plant."
_LONGER = 1.2  # times a pause at most
_PATIENCE_S = 15.0  # for a channel to end
_REFUSED_S = 10.0  # after which a database that failed is tried again


class Courier:
    """Sends the messages of one channel.

    A message is marked only after the channel took it, so one that was sent just before the monitor died is sent
    again. While a message waits for its next try, later ones about the same event wait behind it.

    Parameters
    ----------
    title : str
        Name of the channel.
    channel : Channel
        By which it sends.
    outbox : Outbox
        Where the messages are.
    report : callable
        Called with a sentence when the channel begins to fail, when it works again, and for each message that is lost.
    renewed : callable, optional
        Alert to the same with what was found out since it was written.
    clock : Clock, optional
        By which it goes.
    randomness : Random, optional
        By which pauses before further tries are made up to a fifth longer, so that what failed together does not come
        back together (M. Brooker, "Exponential backoff and jitter", 2015).
    """

    def __init__(
        self,
        title: str,
        channel: Channel,
        outbox: Outbox,
        report: Callable[[str], None],
        renewed: Callable[[Alert], Alert] = lambda alert: alert,
        clock: Clock = REAL,
        randomness: random.Random | None = None,
    ) -> None:
        self._title, self._channel, self._outbox, self._report, self._clock = title, channel, outbox, report, clock
        self._renewed, self._drawn = renewed, randomness or random.Random()  # noqa: S311 - no secret
        self._is_failing = False

    def run(self, stopping: Event) -> None:
        """Send until `stopping` is set; then try once more what is due."""
        self._channel.start()
        try:
            while not stopping.is_set():
                self._clock.wait(stopping, _ROUND_S if self._round() else _REFUSED_S)
            self._round()
        finally:
            self._channel.stop()

    def deliver(self) -> int:
        """Send all that is due, up to the first failure that a further try may help; return the number sent.

        Raises
        ------
        OffkeyError
            If the database cannot be read or written; what was sent then is sent again.
        """
        sent, waiting = 0, set[str | None]()
        for row in self._outbox.pending(self._title):
            now = self._clock.utc()
            if row["event"] in waiting or row["due"] > now:
                waiting.add(row["event"])
                continue
            try:
                self._channel.send(self._renewed(Alert.of(row["payload"])))
            except LaterError as error:
                self._postpone(row, error, now)
                return sent
            except (RefusedError, DataError) as error:
                self._give_up(row, str(error))
            except Exception as error:
                self._postpone(row, LaterError(f"{type(error).__name__}: {error}."), now)
                return sent
            else:
                self._outbox.mark_sent(row["id"], self._clock.utc())
                self._works(is_well=True)
                sent += 1
        return sent

    def _round(self) -> bool:
        """Do what is due; return whether the database answered."""
        try:
            self._channel.refresh()
            self.deliver()
        except OffkeyError as error:
            self._works(is_well=False, why=str(error))
            return False
        return True

    def _postpone(self, row: dict[str, Any], error: LaterError, now: float) -> None:
        if self._channel.retries.is_over(now - row["created"]):
            self._give_up(row, f"{error} It was tried for {self._channel.retries.days:g} days.")
            return
        self._works(is_well=False, why=str(error))
        pause_s = self._channel.retries.pause_s(row["tries"] + 1, error) * self._drawn.uniform(1.0, _LONGER)
        self._outbox.postpone(row["id"], now + pause_s, str(error))

    def _give_up(self, row: dict[str, Any], why: str) -> None:
        self._outbox.give_up(row["id"], why)
        about = row["payload"].get("machine") or "the plant"
        self._report(f"channel {self._title}: a message about {about} is lost: {why}")

    def _works(self, *, is_well: bool, why: str = "") -> None:
        """Report once that the channel fails, and once that it works again."""
        if is_well == self._is_failing:
            self._is_failing = not is_well
            self._report(f"channel {self._title}: {'works again' if is_well else f'{why} It is tried again.'}")


@dataclass(frozen=True)
class _Line:
    """A channel that is open: its settings, and the thread that sends on it until `stopping` is set."""

    settings: NotifySettings
    thread: Thread
    stopping: Event


class Delivery:
    """The couriers of all channels, each in its thread, while a ``with`` block runs.

    Parameters
    ----------
    channels : sequence of NotifySettings
        The channels at the start.
    make : callable
        Settings to a channel; an `OffkeyError` where they are not as they must be.
    outbox, report, renewed, clock
        As in `Courier`.
    """

    def __init__(
        self,
        channels: Sequence[NotifySettings],
        make: Callable[[NotifySettings], Channel],
        outbox: Outbox,
        report: Callable[[str], None],
        renewed: Callable[[Alert], Alert] = lambda alert: alert,
        clock: Clock = REAL,
    ) -> None:
        self._make, self._outbox, self._report, self._renewed, self._clock = make, outbox, report, renewed, clock
        self._lines = dict[str, _Line]()
        self._leaving: list[_Line] = []  # which end with a last try
        self._first, self._made = channels, {one.title: make(one) for one in channels}

    def __enter__(self) -> Self:
        for one in self._first:
            self._open(one, self._made[one.title], None)
        self._outbox.give_up_except(self._lines, _GONE)
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines.values():
            line.stopping.set()
        for line in (*self._lines.values(), *self._leaving):
            line.thread.join(_PATIENCE_S)

    def check(self, wanted: Sequence[NotifySettings]) -> None:
        """Raise an `OffkeyError` where channels cannot be as other settings have them."""
        for one in self._changed(wanted):
            self._make(one)

    def change(self, wanted: Sequence[NotifySettings]) -> None:
        """Let the channels be as other settings have them; those that stay the same go on, and nothing is waited for.

        Raises
        ------
        OffkeyError
            As `check`; nothing is changed then.
        """
        made = [(one, self._make(one)) for one in self._changed(wanted)]
        fresh, names = {one.title for one, _ in made}, {one.title for one in wanted}
        before = self._lines
        self._leaving = [line for line in self._leaving if line.thread.is_alive()]
        self._lines = {title: line for title, line in before.items() if title in names - fresh}
        for title, line in before.items():
            if title not in self._lines:
                line.stopping.set()
                self._leaving.append(line)
        for one, channel in made:
            self._open(one, channel, before.get(one.title))
        self._outbox.give_up_except(names, _GONE)

    def _changed(self, wanted: Sequence[NotifySettings]) -> list[NotifySettings]:
        return [one for one in wanted if one.title not in self._lines or self._lines[one.title].settings != one]

    def _open(self, settings: NotifySettings, channel: Channel, before: _Line | None) -> None:
        """Begin to send on a channel, once the one that had its name has ended."""
        title, stopping = settings.title, Event()
        courier = Courier(title, channel, self._outbox, self._report, self._renewed, self._clock)

        def run() -> None:
            if before is not None:
                before.thread.join()
            courier.run(stopping)

        thread = Thread(target=run, name=f"channel {title}", daemon=True)
        self._lines[title] = _Line(settings, thread, stopping)
        thread.start()
