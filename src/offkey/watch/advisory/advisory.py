"""The advisory of a plant: what the stages before it found becomes messages for each channel."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from offkey.errors import DataError
from offkey.watch.advisory.digest import Digest
from offkey.watch.advisory.disk import DiskEpisode
from offkey.watch.advisory.holds import Holds
from offkey.watch.advisory.notice import Alert, AlertKind, Notice
from offkey.watch.advisory.policy import Decision, Policy
from offkey.watch.advisory.sources import SourceEpisodes
from offkey.watch.health.events import Change
from offkey.watch.rows import Message, StateChange
from offkey.watch.settings import PlantSettings
from offkey.watch.store.keeper import Room

__all__ = ["Advisory"]

_EXPLAINED_S = 10.0  # that the first message to people waits for the explanation of its event
_CUT_OFF = "Nobody listens to this machine any more, so it is not known whether this is over."


class Advisory:
    """Decides which messages follow from changes, states and time; the caller keeps them with their cause.

    Parameters
    ----------
    settings : PlantSettings
        Channels, limits and quiet hours.
    words : callable
        Change to the sentence that people read.
    earlier : iterable of dict, optional
        Messages of monitors before this one, the oldest first, as of `Outbox.messages`.
    now : float, optional
        Seconds since 1970 UTC.

    Attributes
    ----------
    holds : Holds
        What people have taken out.
    acts_known : int
        `seq` of the newest act of people that was taken.
    unread : int
        Earlier messages that another version wrote in another form; they count as if they had not been.
    """

    def __init__(
        self,
        settings: PlantSettings,
        words: Callable[[Change], str],
        earlier: Iterable[dict[str, Any]] = (),
        now: float = 0.0,
    ) -> None:
        zone = ZoneInfo(settings.plant.zone)
        self.holds, self.acts_known, self.unread = Holds(), 0, 0
        self._words, self._link = words, settings.messages.link
        self._policies = {
            one.title: Policy(one, settings.messages, settings.quiet, zone, self.holds) for one in settings.notify
        }
        self._digests = {one.title: Digest(settings.messages, zone) for one in settings.notify if not one.every_change}
        self._sources, self._disk = SourceEpisodes(), DiskEpisode()
        self._numbers: dict[str, int] = {}  # of each episode that goes on: alerts about it so far
        self._restore(earlier, now)

    def take(
        self, changes: Sequence[Change], states: Sequence[StateChange], now: float, *, is_cut_off: bool = False
    ) -> list[Message]:
        """Return the messages that follow from what was found.

        Parameters
        ----------
        changes : sequence of Change
            What is new about events.
        states : sequence of StateChange
            New states of sources.
        now : float
            Seconds since 1970 UTC.
        is_cut_off : bool, default False
            Whether events end because nobody listens any more.

        Returns
        -------
        list of Message
            Those to be sent, and those that are held back.
        """
        for state in states:
            self._sources.take(state)
        messages = []
        for change in changes:
            text = _CUT_OFF if is_cut_off and change.kind == "end" else self._words(change)
            messages += self._decide(_notice(change, text), now)
        return messages

    def take_room(self, room: Room, now: float) -> list[Message]:
        """Return the messages that follow from the room on the disk, at a time in seconds since 1970 UTC."""
        notice = self._disk.take(room, now)
        return [] if notice is None else self._decide(notice, now)

    def take_acts(self, acts: Sequence[dict[str, Any]]) -> None:
        """Follow what people acknowledged and shelved, as of `LifeRows.acts`, in its order."""
        for act in acts:
            self.acts_known = act["seq"]
            if act["what"] == "acknowledge":
                self.holds.acknowledge(act["event"])
            elif act["what"] == "shelve":
                self.holds.hold(act["machine"], "shelved", math.inf if act["until"] is None else act["until"])
            else:
                self.holds.release(act["machine"], "shelved")

    def tick(self, now: float) -> list[Message]:
        """Return the messages that are due: about sources, what is held back no longer, reminders and digests."""
        messages = [message for notice in self._sources.tick(now) for message in self._decide(notice, now)]
        due = [(title, one) for title, policy in self._policies.items() for one in policy.tick(now)]
        messages += self._messages(due, now)
        digests = [
            (title, decision)
            for title, digest in self._digests.items()
            if (decision := digest.due(now, is_quiet=self._policies[title].is_quiet(now))) is not None
        ]
        return messages + self._messages(digests, now)

    def _decide(self, notice: Notice, now: float) -> list[Message]:
        decisions = [(title, one) for title, policy in self._policies.items() for one in policy.take(notice, now)]
        messages = self._messages(decisions, now)
        if notice.kind == "end":
            self._numbers.pop(notice.event, None)
        return messages

    def _messages(self, decisions: Sequence[tuple[str, Decision]], now: float) -> list[Message]:
        """Return messages whose alerts are numbered for all channels alike, and collect what is held back."""
        numbers = {event: self._numbers.get(event, 0) + 1 for event in {one.notice.event for _, one in decisions}}
        self._numbers |= numbers
        messages = []
        for title, decision in decisions:
            if title in self._digests:
                self._digests[title].take(decision, now)
            messages.append(self._message(title, decision, numbers[decision.notice.event], now))
        return messages

    def _message(self, title: str, decision: Decision, seq: int, now: float) -> Message:
        notice = decision.notice
        alert = Alert(
            id=notice.event,
            seq=seq,
            kind=decision.kind,
            machine=notice.machine,
            level=notice.level,
            at=notice.at,
            began=notice.began,
            ended=notice.ended,
            text=notice.text,
            scope=notice.scope,
            model=notice.model,
            link=self._link_to(notice, decision.kind),
            details=dict(notice.details),
        )
        return Message(
            id=uuid.uuid4().hex,
            channel=title,
            kind=decision.kind,
            payload=alert.payload(),
            created=now,
            due=now + (_EXPLAINED_S if decision.kind == "new" and title in self._digests else 0.0),
            key=f"{title} {alert.key}",
            event=notice.event,
            status="held" if decision.held else "pending",
            reason=decision.held or None,
        )

    def _link_to(self, notice: Notice, kind: AlertKind) -> str | None:
        """Return the address of the page that shows what an alert is about, where people said how pages are reached."""
        if self._link is None:
            return None
        is_event = kind != "digest" and notice.scope in ("machine", "common")
        page = f"event?event={notice.event}" if is_event else "system" if notice.scope == "plant" else "events"
        return f"{self._link.rstrip('/')}/{page}"

    def _restore(self, earlier: Iterable[dict[str, Any]], now: float) -> None:
        """Go on where the monitors before this one stopped."""
        decisions: dict[str, list[tuple[Decision, float]]] = {title: [] for title in self._policies}
        last: dict[str, Notice] = {}
        for row in earlier:
            try:
                decision = _decision(row)
            except DataError:
                self.unread += 1
                continue
            event = decision.notice.event
            last[event], self._numbers[event] = decision.notice, max(self._numbers.get(event, 0), row["payload"]["seq"])
            if row["channel"] in decisions and decision.kind not in ("digest", "test"):
                decisions[row["channel"]].append((decision, row["created"]))
            if row["channel"] in self._digests:
                self._digests[row["channel"]].take(decision, row["created"])
        for title, policy in self._policies.items():
            policy.restore(decisions[title])
        going_on = {event: notice for event, notice in last.items() if notice.kind != "end"}
        self._numbers = {event: number for event, number in self._numbers.items() if event in going_on}
        self._sources.restore(going_on.values(), now)
        self._disk.restore(going_on.values())


def _notice(change: Change, text: str) -> Notice:
    details = {"path": change.path, "peak": change.peak, "state": change.state, "area": change.area}
    return Notice(
        event=change.event,
        machine=change.machine,
        kind=change.kind,
        level=change.level,
        at=change.at,
        began=change.began,
        ended=change.ended,
        text=text,
        scope=change.scope,
        model=change.model.partition(" ")[0],
        details=tuple(details.items()),
    )


def _decision(row: dict[str, Any]) -> Decision:
    """Return the decision that a message was made from; a DataError where it is of another form."""
    alert, kind = Alert.of(row["payload"]), row["kind"]
    notice = Notice(
        event=alert.id,
        machine=alert.machine,
        kind="end" if kind == "end" else "new",
        level=alert.level,
        at=alert.at,
        began=alert.began,
        ended=alert.ended,
        text=alert.text,
        scope=alert.scope,
        model=alert.model,
        details=tuple(alert.details.items()),
    )
    return Decision(notice, kind, row["reason"] or "" if row["status"] == "held" else "")
