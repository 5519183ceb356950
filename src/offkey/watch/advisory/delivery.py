"""Delivery of the outbox: one thread for each channel, at least once, in the order of each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any

from offkey.errors import OffkeyError
from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError
from offkey.watch.advisory.notice import Alert
from offkey.watch.clock import REAL, Clock
from offkey.watch.store.outbox import Outbox

__all__ = ["Courier", "Delivery"]

_ROUND_S = 1.0
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
    """

    def __init__(
        self,
        title: str,
        channel: Channel,
        outbox: Outbox,
        report: Callable[[str], None],
        renewed: Callable[[Alert], Alert] = lambda alert: alert,
        clock: Clock = REAL,
    ) -> None:
        self._title, self._channel, self._outbox, self._report, self._clock = title, channel, outbox, report, clock
        self._renewed = renewed
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
                self._channel.send(self._renewed(Alert(**row["payload"])))
            except LaterError as error:
                self._postpone(row, error, now)
                return sent
            except RefusedError as error:
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
        self._outbox.postpone(row["id"], now + self._channel.retries.pause_s(row["tries"] + 1, error), str(error))

    def _give_up(self, row: dict[str, Any], why: str) -> None:
        self._outbox.give_up(row["id"], why)
        self._report(
            f"channel {self._title}: a message about {row['payload']['machine'] or 'the plant'} is lost: {why}"
        )

    def _works(self, *, is_well: bool, why: str = "") -> None:
        """Report once that the channel fails, and once that it works again."""
        if is_well == self._is_failing:
            self._is_failing = not is_well
            self._report(f"channel {self._title}: {'works again' if is_well else f'{why} It is tried again.'}")


class Delivery:
    """The couriers of all channels, each in its thread.

    Parameters
    ----------
    channels : mapping of str to Channel
        Name to channel.
    outbox, report, renewed, clock
        As in `Courier`.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        outbox: Outbox,
        report: Callable[[str], None],
        renewed: Callable[[Alert], Alert] = lambda alert: alert,
        clock: Clock = REAL,
    ) -> None:
        self._stopping = Event()
        self._threads = [
            Thread(
                target=Courier(title, channel, outbox, report, renewed, clock).run,
                args=(self._stopping,),
                name=f"channel {title}",
                daemon=True,
            )
            for title, channel in channels.items()
        ]
        outbox.give_up_except(channels, "This channel is no longer in the file of the plant.")

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(_PATIENCE_S)
