"""The keeper of a plant's database and clips: a little of what is due at a time, so that scoring does not wait."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from offkey.errors import OffkeyError
from offkey.watch.clock import Clock
from offkey.watch.store.clip_removal import ClipRemoval
from offkey.watch.store.database import Database
from offkey.watch.store.keep import KeepSettings
from offkey.watch.store.thinning import thin

__all__ = ["Keeper", "Room"]

_PASS_S = 600.0  # between two looks at clips and disk
_THIN_S = 86_400.0  # between two looks at all scores
_MB = 1e6
_ABOVE = 1.1  # times a mark, above which it counts as left, so that nothing is said again and again


def _free_bytes(folder: Path) -> int:
    """Return what is free where a folder is, or will be."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free


@dataclass(frozen=True)
class Room:
    """The room on the disk of a plant.

    `mark`: how many of the three marks are passed, 0 where there is enough.
    `sentence`: what follows, for people.
    """

    mark: int
    sentence: str


class Keeper:
    """Thins out scores, and removes clips by age, size and what is free on the disk.

    Parameters
    ----------
    database : Database
        What it keeps.
    settings : KeepSettings
        How much, and for how long.
    folder : Path
        Of the clips.
    clock : Clock
        By which things are due.
    report : callable
        Called with each sentence that a person should read.
    free : callable, optional
        Folder to free bytes on its disk; by default as the system says.

    Attributes
    ----------
    room : Room, optional
        The room on the disk when it was looked at last; None before.
    """

    def __init__(
        self,
        database: Database,
        settings: KeepSettings,
        folder: Path,
        clock: Clock,
        report: Callable[[str], None],
        free: Callable[[Path], int] = _free_bytes,
    ) -> None:
        self._database, self._settings, self._folder = database, settings, folder
        self._clock, self._report, self._free = clock, report, free
        self._removal = ClipRemoval(database, folder)
        self._due_at = self._thin_at = -math.inf
        self._mark, self._reported = 0, ""
        self.room: Room | None = None
        self._steps = self._pass()

    def may_write_clip(self) -> bool:
        """Tell whether more is free than the third mark."""
        try:
            return self._free_mb() >= self._settings.free_mb[2]
        except OSError:  # the disk is gone
            return False

    def step(self) -> None:
        """Do one step of what is due, of some milliseconds; nothing where nothing is."""
        now = self._clock.monotonic()
        if now < self._due_at:
            return
        try:
            next(self._steps)
        except StopIteration:
            self._steps, self._due_at = self._pass(), now + _PASS_S
        except (OffkeyError, OSError) as error:
            self._steps, self._due_at = self._pass(), now + _PASS_S
            self._report_once(f"what is old cannot be removed, and it is tried again: {error}")

    def _pass(self) -> Iterator[None]:
        """Look at the disk and the clips, and once a day at all scores."""
        keep, removal = self._settings, self._removal
        for _ in self._make_room():
            yield
        for removed in (removal.old(self._now(), keep.clips_days), removal.too_many(self._now(), keep.clips_mb)):
            for _ in removed:
                yield
        if self._clock.monotonic() >= self._thin_at:
            yield from thin(self._database, self._now(), keep.scores_days)
            self._thin_at = self._clock.monotonic() + _THIN_S
        self._reported = ""

    def _make_room(self) -> Iterator[None]:
        """Say which mark the free space has passed, and remove clips below the second."""
        self._look_at_disk()
        second = self._settings.free_mb[1]
        missing = second * _MB - self._free(self._folder)
        if missing <= 0:
            return
        for removed in self._removal.reviewed(self._now(), f"less than {second:g} MB free on the disk"):
            yield
            missing -= removed
            if missing <= 0:
                return

    def _look_at_disk(self) -> None:
        free, marks = self._free_mb(), self._settings.free_mb
        below = sum(free < mark for mark in marks)
        above = sum(free < _ABOVE * mark for mark in marks)
        mark = max(below, min(self._mark, above))
        if mark == self._mark and self.room is not None:
            return
        is_new, self._mark = mark != self._mark, mark
        what = (
            "there is room again",
            f"make room: below {marks[1]:g} MB the oldest clips of reviewed events are removed",
            f"the oldest clips of reviewed events are removed; below {marks[2]:g} MB no clip is written",
            "no clip is written any more; events are",
        )[mark]
        self.room = Room(mark, f"{free:.0f} MB are free on the disk of {self._folder}: {what}.")
        if is_new:
            self._report(self.room.sentence)

    def _free_mb(self) -> float:
        return self._free(self._folder) / _MB

    def _now(self) -> float:
        return self._clock.utc()

    def _report_once(self, sentence: str) -> None:
        """Report what is wrong, and not again as long as it lasts."""
        if sentence != self._reported:
            self._report(sentence)
        self._reported = sentence
