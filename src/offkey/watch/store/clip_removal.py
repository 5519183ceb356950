"""Clips that are removed: too old, too many, or in the way of a disk that fills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update

from offkey.decision.events import LEVELS
from offkey.watch.store.database import Database
from offkey.watch.store.tables import changes, clips, reviews

__all__ = ["ClipRemoval"]

_DAY_S = 86_400.0
_MB = 1e6


@dataclass(frozen=True)
class _Kept:
    """A clip that is there."""

    path: str
    bytes: int
    began: float
    level: int
    is_reviewed: bool
    may_go: bool
    """Not while its event goes on, and never where it belongs to the normal set."""


class ClipRemoval:
    """Removes files of clips, and keeps in their rows when and why.

    Parameters
    ----------
    database : Database
        Where their rows are.
    folder : Path
        Where they are, in that of the plant at which their paths start; nothing outside is removed.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder

    def old(self, now: float, days: float) -> Iterator[int]:
        """Remove clips that began more than some days ago, one a step; yield its bytes."""
        for clip in self._kept():
            if clip.may_go and clip.began < now - days * _DAY_S:
                yield self._remove(clip, now, f"older than {days:g} days")

    def too_many(self, now: float, most_mb: float) -> Iterator[int]:
        """Remove clips until they take no more than some megabytes: reviewed, low, old ones first."""
        kept = self._kept()
        over = sum(clip.bytes for clip in kept) - most_mb * _MB
        for clip in sorted(kept, key=lambda clip: (not clip.is_reviewed, clip.level, clip.began)):
            if over <= 0:
                return
            if clip.may_go:
                over -= clip.bytes
                yield self._remove(clip, now, f"more than {most_mb:g} MB of clips")

    def reviewed(self, now: float, reason: str) -> Iterator[int]:
        """Remove clips of events that were reviewed, the oldest first, for as long as they are asked for."""
        for clip in sorted(self._kept(), key=lambda clip: clip.began):
            if clip.may_go and clip.is_reviewed:
                yield self._remove(clip, now, reason)

    def _kept(self) -> list[_Kept]:
        newest = [
            select(table).where(table.c.seq.in_(select(func.max(table.c.seq)).group_by(table.c.event))).subquery()
            for table in (changes, reviews)
        ]
        change, review = newest
        query = select(clips, change.c.kind, change.c.level, review.c.verdict, review.c.join_normal)
        query = query.outerjoin(change, change.c.event == clips.c.event)
        query = query.outerjoin(review, review.c.event == clips.c.event).where(clips.c.removed_at.is_(None))
        return [
            _Kept(
                row["path"],
                row["bytes"],
                row["began"],
                LEVELS.index(row["level"]) if row["level"] in LEVELS else 0,
                row["verdict"] is not None,
                row["kind"] in (None, "end") and not row["join_normal"],
            )
            for row in self._database.rows(query)
        ]

    def _remove(self, clip: _Kept, now: float, reason: str) -> int:
        """Remove the file first, so that one that dies in between leaves no file without a row."""
        file = (self._folder.parent / clip.path).resolve()
        if file.is_relative_to(self._folder.resolve()):
            file.unlink(missing_ok=True)
        with self._database.writing(durable=False) as connection:
            gone = update(clips).where(clips.c.path == clip.path).values(removed_at=now, reason=reason)
            connection.execute(gone)
        return clip.bytes
