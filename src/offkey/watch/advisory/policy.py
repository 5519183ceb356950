"""The policy of a channel: one message an episode, one more when it grows worse, reminders, and an all-clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from offkey.watch.advisory.holds import Holds
from offkey.watch.advisory.limits import Limits
from offkey.watch.advisory.notice import AlertKind, Notice
from offkey.watch.advisory.quiet import is_quiet
from offkey.watch.advisory.settings import ChannelSettings, MessageSettings, QuietSettings

__all__ = ["Decision", "Policy"]


@dataclass(frozen=True)
class Decision:
    """A message that is sent, or held back.

    `notice`: what it is about.
    `kind`: what kind of message it is.
    `held`: why it is held back; empty where it is sent.
    """

    notice: Notice
    kind: AlertKind
    held: str = ""


@dataclass
class _Episode:
    """An episode that goes on."""

    notice: Notice
    """Its newest notice, with the highest level it had."""
    sent: int = 0
    """The highest rank that was sent; 0 where nothing was."""
    sent_at: float = 0.0
    held: int = 0
    """The highest rank that was held back."""
    held_reason: str = ""


class Policy:
    """Decides what is sent on a channel, and what is held back; the caller says what time it is.

    An episode that was held back is sent as soon as nothing holds it back any more, if it still goes on then. Its end
    is sent whenever anything about it was, whatever the hour and the limits. A rise of its level passes the limits.
    A part of a common event is held back, unless it is an alarm: a change of the surroundings hides no fault.

    Parameters
    ----------
    channel : ChannelSettings
        What the channel gets.
    messages : MessageSettings
        How often.
    quiet : QuietSettings, optional
        When only some levels pass.
    zone : ZoneInfo
        The zone of the plant.
    holds : Holds
        What people have taken out.
    """

    def __init__(
        self,
        channel: ChannelSettings,
        messages: MessageSettings,
        quiet: QuietSettings | None,
        zone: ZoneInfo,
        holds: Holds,
    ) -> None:
        self._channel, self._messages, self._quiet, self._zone, self._holds = channel, messages, quiet, zone, holds
        self._limits = Limits(messages)
        self._episodes: dict[str, _Episode] = {}

    def take(self, notice: Notice, now: float) -> list[Decision]:
        """Decide on a notice.

        Parameters
        ----------
        notice : Notice
            What is new.
        now : float
            Seconds since 1970 UTC.

        Returns
        -------
        list of Decision
            None where this is nothing to tell, such as an update that is not worse.
        """
        if notice.kind == "end":
            return self._end(notice, now)
        episode = self._episodes.setdefault(notice.event, _Episode(notice))
        worst = max(notice, episode.notice, key=lambda one: one.rank).level
        episode.notice = replace(notice, level=worst)
        return self._news(episode, now, is_change=True)

    def tick(self, now: float) -> list[Decision]:
        """Decide on what is due: what is held back no longer, and reminders."""
        return [
            decision for episode in self._episodes.values() for decision in self._news(episode, now, is_change=False)
        ]

    def restore(self, decisions: Iterable[tuple[Decision, float]]) -> None:
        """Take earlier decisions, each with its time, as if they had been made here."""
        for decision, at in decisions:
            notice = decision.notice
            episode = self._episodes.setdefault(notice.event, _Episode(notice))
            episode.notice = notice
            if decision.held:
                episode.held, episode.held_reason = notice.rank, decision.held
            else:
                self._count(episode, at)
            if decision.kind == "end":
                del self._episodes[notice.event]

    def is_quiet(self, now: float) -> bool:
        """Tell whether people on this channel are not to be disturbed now."""
        return self._quiet is not None and not self._channel.every_change and is_quiet(self._quiet, now, self._zone)

    def _end(self, notice: Notice, now: float) -> list[Decision]:
        episode = self._episodes.pop(notice.event, None)
        if episode is None:
            return []
        episode.notice = replace(notice, level=episode.notice.level)
        if episode.sent:
            self._count(episode, now)
            return [Decision(episode.notice, "end")]
        return [Decision(episode.notice, "end", episode.held_reason)] if episode.held else []

    def _news(self, episode: _Episode, now: float, *, is_change: bool) -> list[Decision]:
        """Decide on an episode that goes on; `is_change`: because there is a notice of it."""
        notice = episode.notice
        if not self._is_wanted(notice):
            return []
        is_worse = notice.rank > episode.sent
        if not is_worse and not (is_change and self._channel.every_change) and not self._is_reminder_due(episode, now):
            return []
        kind: AlertKind = "new" if not episode.sent else "update"
        if not is_worse and not is_change:
            kind = "reminder"
        reason = self._reason(episode, now)
        if reason is None:
            self._count(episode, now)
            return [Decision(notice, kind)]
        if notice.rank <= episode.held or not is_worse:
            return []
        episode.held, episode.held_reason = notice.rank, reason
        return [Decision(notice, kind, reason)]

    def _is_wanted(self, notice: Notice) -> bool:
        machines = self._channel.machines
        return notice.level in self._channel.levels and (not machines or notice.machine in machines)

    def _is_reminder_due(self, episode: _Episode, now: float) -> bool:
        after = self._messages.remind_after_s
        if not after or self._channel.every_change or self._holds.is_acknowledged(episode.notice.event):
            return False
        return episode.sent > 0 and now - episode.sent_at >= after

    def _reason(self, episode: _Episode, now: float) -> str | None:
        """Return why a message has to wait, None where it has not."""
        notice = episode.notice
        if reason := self._holds.reason(notice, now):
            return reason
        if self._channel.every_change:
            return None
        is_folded = notice.is_part and notice.level != "alarm"
        if is_folded and not self._channel.machines:  # else nobody on this channel is told of the area
            return "part of a common event"
        if self._quiet is not None and notice.level not in self._quiet.passes and self.is_quiet(now):
            return "quiet hours"
        return None if episode.sent else self._limits.reason(notice, now)

    def _count(self, episode: _Episode, at: float) -> None:
        notice = episode.notice
        episode.sent, episode.sent_at = max(episode.sent, notice.rank), at
        self._limits.sent(notice, at)
