"""The machine that takes the sound of a source, and how another takes its place without losing a window."""

from __future__ import annotations

from offkey.watch.acquisition.source import End, Item
from offkey.watch.acquisition.stretch import Stretch
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.machine import WatchedMachine
from offkey.watch.make_machine import Made
from offkey.watch.rows import PASSED_OVER, Recording

__all__ = ["HandOver"]


class HandOver:
    """Feeds one machine, or two for as long as the second has no window yet.

    `made`: the machine that begins.
    """

    def __init__(self, made: Made) -> None:
        self.made = made
        self._next: Made | None = None
        self._stretch = Stretch()

    @property
    def coming(self) -> Made:
        """The machine that takes the next window, or will soon."""
        return self.made if self._next is None else self._next

    def to(self, made: Made, at: float) -> Findings:
        """Let another machine take over: at once, or with its first window where both score a stretch that goes on.

        `at`: now, in seconds since 1970 UTC.
        Returns: what is left of the machine before, where it goes at once.
        """
        both_score = all(isinstance(one.machine, WatchedMachine) and one.in_service for one in (self.made, made))
        self._next = made
        if (event := _event(self.made)) is not None and isinstance(made.machine, WatchedMachine):
            made.machine.resume(event)
        if (begin := self._stretch.begin()) is not None:
            made.feed(begin)
        made.feed(self._stretch.doubt)
        return Findings() if both_score and self._stretch.is_open else self._switch(at)

    def feed(self, item: Item, at: float) -> Findings:
        """Take what came of the source next; `at` is now, in seconds since 1970 UTC."""
        self._stretch.follow(item)
        if not self.made.in_service:
            return self._passed_over(item)
        if self._next is None:
            return self.made.feed(item)
        if isinstance(item, End):
            findings = self.made.feed(item)
            findings += self._switch(at)
            return findings
        found = self._next.feed(item)
        if self._next.machine.last_end is None:
            return self.made.feed(item)
        findings = self._switch(at)
        findings += found
        return findings

    def stop(self, at: float) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        end = self.made.machine.last_end
        return self.made.machine.stop(at if end is None else end)

    def _switch(self, at: float) -> Findings:
        if self._next is None:
            return Findings()
        event, before = _event(self.made), self.made.machine
        goes_on = event is not None and (later := _event(self._next)) is not None and later.event == event.event
        left = before.settle() if goes_on else self.stop(at)
        self.made, self._next = self._next, None
        return left

    def _passed_over(self, item: Item) -> Findings:
        """Note which recordings came while the machine was out of service, so that they are not taken later."""
        if not isinstance(item, End) or item.recording is None:
            return Findings()
        row = Recording(self.made.machine.settings.name, item.recording, PASSED_OVER)
        return Findings(recordings=[row])


def _event(made: Made) -> Change | None:
    """Return the event of a machine that goes on."""
    return made.machine.event if isinstance(made.machine, WatchedMachine) else None
