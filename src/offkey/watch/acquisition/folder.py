"""A folder where recorders drop files: each is taken once, when it is finished."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from threading import Event

from offkey.audio import FileRecording
from offkey.audio.find import search_folder
from offkey.errors import AudioError, OffkeyError
from offkey.watch.acquisition.folder_changes import FolderChanges
from offkey.watch.acquisition.source import Begin, End, Item, SourceAbsentError, SourceLostError
from offkey.watch.clock import REAL, Clock

__all__ = ["Folder"]

_LOOK_S = 2.0  # after which it is looked whether the folder has changed
_RESCAN_S = 30.0  # after which it is looked through in any case
_NEWEST = 200  # files that were taken last, which the database may not know yet


class Folder:
    """The sound files of a folder and of those within it, in the order in which they were written.

    A file is finished when neither its size nor its time has changed from one look to the next, and it is
    `settled_s` old. The folder is looked through when the system reports a change, and every 30 s besides, since
    network drives report none.

    `path`: the folder; it may come later.
    Which files were taken is kept in memory for those that are there and for the newest; of others, such as those of a
    drive that was away for a while, it is asked for.

    `were_taken`: returns which of some files, as `End.recording` names them, were taken before; an OffkeyError where
        that is not known now.
    `settled_s`: seconds since its last change after which a file is finished.
    `expected_every_s`: seconds after which a new file should be there; else the source counts as stalled.
    """

    waits = True

    def __init__(
        self,
        path: Path,
        *,
        were_taken: Callable[[Sequence[str]], Collection[str]] = lambda _: (),
        settled_s: float = 5.0,
        expected_every_s: float = 3600.0,
    ) -> None:
        self._path, self._settled_s, self._were_taken = path, settled_s, were_taken
        self._taken: dict[str, None] = {}  # in the order in which they were taken
        self._newest = math.inf  # time of the newest file that was taken
        self._seen: dict[Path, str] = {}
        self.stalled_after_s = expected_every_s

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield a stretch for each finished file; see `Source`."""
        scanned_at = -math.inf
        with self._changes() as changes:
            while not stopping.is_set():
                now = clock.monotonic()
                if changes.take() or self._seen or now - scanned_at >= _RESCAN_S:
                    scanned_at = now
                    yield from self._taken_now(stopping, clock)
                clock.wait(stopping, _LOOK_S)

    def _changes(self) -> FolderChanges:
        if not self._path.is_dir():
            raise SourceAbsentError(f"The folder {self._path} is not there.")
        return FolderChanges(self._path)

    def _taken_now(self, stopping: Event, clock: Clock) -> Iterator[Item]:
        """Yield the sound of the files that are finished."""
        for path, state in self._finished(clock.utc()):
            if stopping.is_set():
                return
            yield from self._sound(path, state)
            self._taken[state] = None
            self._seen.pop(path, None)

    def _finished(self, now: float) -> list[tuple[Path, str]]:
        """Return the files that are finished and were not taken yet, the oldest first."""
        if not self._path.is_dir():
            raise SourceAbsentError(f"The folder {self._path} is gone.")
        try:
            found = search_folder(self._path)[0]
        except (OSError, OffkeyError) as error:
            raise SourceLostError(f"The folder {self._path} cannot be read: {error}") from error
        seen: dict[Path, str] = {}
        finished: list[tuple[float, Path, str]] = []
        there = set[str]()
        for path in found:
            try:
                status = path.stat()
            except OSError:  # gone since
                continue
            state = f"{path.relative_to(self._path).as_posix()} {status.st_size} {status.st_mtime_ns}"
            if state in self._taken:
                there.add(state)
                continue
            seen[path] = state
            if self._seen.get(path) == state and now - status.st_mtime >= self._settled_s:
                finished.append((status.st_mtime, path, state))
        self._seen = seen
        self._forget_all_but(there)
        return self._new(sorted(finished))

    def _forget_all_but(self, there: Collection[str]) -> None:
        """Bound memory: files that are gone are not taken again, unless they come back, and then it is asked for."""
        oldest = list(islice(self._taken, max(0, len(self._taken) - _NEWEST)))
        for state in oldest:
            if state not in there:
                del self._taken[state]

    def _new(self, finished: list[tuple[float, Path, str]]) -> list[tuple[Path, str]]:
        """Leave out what was taken before; where that is not known now, all that is no newer than what was taken."""
        if not finished:
            return []
        try:
            taken = set(self._were_taken([state for _, _, state in finished]))
        except OffkeyError:
            return [(path, state) for at, path, state in finished if at > self._newest]
        self._newest = max(-math.inf if math.isinf(self._newest) else self._newest, finished[-1][0])
        for _, path, state in finished:
            if state in taken:
                self._taken[state] = None
                self._seen.pop(path)
        return [(path, state) for _, path, state in finished if state not in taken]

    def _sound(self, path: Path, state: str) -> Iterator[Item]:
        """Yield the sound of a file; one that cannot be read is taken, too, with the reason."""
        try:
            recording = FileRecording(path)
            ended_at = path.stat().st_mtime
            seconds = recording.seconds
            begin = Begin(recording.rate, ended_at - (seconds or 0.0))
            yield begin if seconds is None else Begin(begin.rate, begin.at, seconds)
            yield from recording.every_channel()
        except (OSError, AudioError) as error:
            yield End(str(error), recording=state)
        else:
            yield End("the file has ended", is_whole=True, recording=state)
