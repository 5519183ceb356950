"""Too little room on the disk of a plant as an episode."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from offkey.watch.advisory.notice import Notice
from offkey.watch.store.keeper import Room

__all__ = ["DiskEpisode"]


class DiskEpisode:
    """Opens when the first mark of the disk is passed, and ends when there is room again."""

    def __init__(self) -> None:
        self._open: Notice | None = None

    def take(self, room: Room, now: float) -> Notice | None:
        """Take the room that there is; return a notice where something is new, None else."""
        known, details = self._open, (("mark", room.mark),)
        if known is None:
            event = uuid.uuid4().hex
            new = Notice(event, "", "new", "warning", now, now, None, room.sentence, "plant", None, details)
            self._open = new if room.mark else None
            return self._open
        if room.mark == dict(known.details).get("mark"):
            return None
        newest = replace(known, at=now, text=room.sentence, details=details)
        self._open = replace(newest, kind="update") if room.mark else None
        return self._open or replace(newest, kind="end", ended=now)

    def restore(self, notices: Iterable[Notice]) -> None:
        """Go on with an episode that was open when another monitor stopped."""
        for notice in notices:
            if notice.scope == "plant":
                self._open = notice
