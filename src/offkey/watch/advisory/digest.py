"""The daily digest of a channel: what was held back, and why."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from offkey.watch.advisory.notice import Notice
from offkey.watch.advisory.policy import Decision
from offkey.watch.advisory.settings import MessageSettings
from offkey.watch.local_time import local

__all__ = ["Digest"]


class Digest:
    """Collects what is held back, and lists it once a calendar day; a day without any has no digest.

    Parameters
    ----------
    settings : MessageSettings
        The time of day.
    zone : ZoneInfo
        The zone of the plant.
    """

    def __init__(self, settings: MessageSettings, zone: ZoneInfo) -> None:
        self._at, self._zone = settings.digest_at, zone
        self._held: dict[str, Decision] = {}
        self._last: date | None = None

    def take(self, decision: Decision, now: float) -> None:
        """Collect a decision; an episode that was sent after all is no longer listed."""
        event = decision.notice.event
        if decision.kind == "digest":
            self._held.clear()
            self._last = local(now, self._zone).date()
        elif decision.held:
            self._held[event] = decision
        else:
            self._held.pop(event, None)

    def due(self, now: float, *, is_quiet: bool) -> Decision | None:
        """Return the digest where it is time for it.

        Parameters
        ----------
        now : float
            Seconds since 1970 UTC.
        is_quiet : bool
            Whether people are not to be disturbed; the digest comes when they may be.

        Returns
        -------
        Decision or None
        """
        today = local(now, self._zone)
        if is_quiet or not self._held or today.date() == self._last or today.time() < self._at:
            return None
        lines = [self._line(decision) for decision in self._held.values()]
        worst = max((decision.notice for decision in self._held.values()), key=lambda notice: notice.rank).level
        text = "\n".join([f"{len(lines)} {'episode was' if len(lines) == 1 else 'episodes were'} held back:", *lines])
        name = f"digest-{today.date().isoformat()}"
        return Decision(Notice(name, "", "new", worst, now, now, None, text), "digest")

    def _line(self, decision: Decision) -> str:
        notice = decision.notice
        times = f"{local(notice.began, self._zone):%Y-%m-%d %H:%M} to "
        times += "now" if notice.ended is None else f"{local(notice.ended, self._zone):%H:%M}"
        return f"- {notice.machine}: {notice.level}, {times} ({decision.held}): {notice.text}"
