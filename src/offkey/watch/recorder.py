"""Findings on their way: reported to people, turned into messages, and written to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from offkey.watch.advisory.advisory import Advisory
from offkey.watch.advisory.sentences import stored_words
from offkey.watch.advisory.words import nature
from offkey.watch.clock import Clock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.local_time import local_text
from offkey.watch.pending import Pending
from offkey.watch.rows import PASSED_OVER
from offkey.watch.settings import PlantSettings
from offkey.watch.store.keeper import Room
from offkey.watch.store.store import Store

__all__ = ["Recorder"]

_REMEMBERED = 10_000  # messages of earlier monitors, from which it is known who was told what


class Recorder:
    """Takes what all stages found.

    Parameters
    ----------
    settings : PlantSettings
        The plant, with its channels.
    store : Store
        Where it is kept.
    report : callable
        Called with each sentence that a person should read.
    clock : Clock
        By which things are due.

    Attributes
    ----------
    relate : callable
        Changes of machines to the same with what they have in common; by default to themselves.
    """

    def __init__(self, settings: PlantSettings, store: Store, report: Callable[[str], None], clock: Clock) -> None:
        self._store, self._report, self._clock, self._zone = store, report, clock, settings.plant.zone
        self.pending = Pending(store, report, clock)
        self.relate: Callable[[list[Change]], list[Change]] = list
        self.change(settings)

    def keep(self, findings: Findings, *, is_cut_off: bool = False) -> None:
        """Report what is new, and keep it with what is pending and the messages that follow from it.

        `is_cut_off`: whether events end because nobody listens any more.
        """
        findings.changes = self.relate(findings.changes)
        for sentence in _sentences(findings, self._zone):
            self._report(sentence)
        findings.messages += self._advisory.take(
            findings.changes, findings.states, self._clock.utc(), is_cut_off=is_cut_off
        )
        self.pending.add(findings)

    def change(self, settings: PlantSettings) -> None:
        """Decide on messages by other settings from now on; an OffkeyError where the database cannot be read now."""
        self.pending.write(is_forced=True)
        earlier = reversed(self._store.outbox.messages(limit=_REMEMBERED))
        words = stored_words(self._store, settings.plant.zone)
        self._advisory = Advisory(settings, words, earlier, self._clock.utc())
        if unread := self._advisory.unread:
            self._report(f"{unread} messages of another version of offkey cannot be read, and count as not sent.")

    def follow(self) -> None:
        """Take up what people acknowledged and shelved; an OffkeyError where the database cannot be read now."""
        self._advisory.take_acts(self._store.life.acts(after=self._advisory.acts_known))

    def set_out_of_service(self, machine: str, *, is_out: bool) -> None:
        """Hold messages about a machine back while it is out of service."""
        if is_out:
            self._advisory.holds.hold(machine, "out of service")
        else:
            self._advisory.holds.release(machine, "out of service")

    def step(self, room: Room | None = None) -> None:
        """Write what is due, with the messages that time makes due, and those about the room on the disk."""
        now = self._clock.utc()
        messages = [] if room is None else self._advisory.take_room(room, now)
        self.pending.add(Findings(messages=messages + self._advisory.tick(now)))
        self.pending.write()


def _sentences(findings: Findings, zone: str) -> Iterator[str]:
    """Yield what a person should read of findings."""
    for change in findings.changes:
        if change.kind != "update":
            yield _sentence(change, zone)
    for new in findings.states:
        what = new.state if new.state == "note" else f"source {new.state}"
        yield f"{new.machine}: {what}{new.reason and ': '}{new.reason}"
    for recording in findings.recordings:
        if recording.error not in (None, PASSED_OVER):
            yield f"{recording.machine}: no score: {recording.error}"
    for step in findings.steps:
        if step.step != "armed":  # which its new phase says with the same words
            yield f"{step.machine}: {step.step}; {step.comment}"


def _sentence(change: Change, zone: str) -> str:
    """Say what happened to a machine, by the clocks of the plant."""
    at = local_text(change.began if change.ended is None else change.ended, zone)
    if change.ended is None:
        return f"{change.machine}: {change.level}, {nature(change)} since {at}"
    return f"{change.machine}: the event is over since {at} (highest level: {change.level})"
