"""The thread that writes clips and explains events, so that scoring never waits for either."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Thread

from offkey.errors import OffkeyError
from offkey.watch.clock import REAL, Clock
from offkey.watch.evidence.clips import clip_path, write_clip
from offkey.watch.evidence.explaining import explain_window
from offkey.watch.evidence.gathering import Case, Gathering
from offkey.watch.evidence.settings import ClipSettings
from offkey.watch.rows import Clip, Explanation
from offkey.work.library_threads import one_blas_thread

__all__ = ["Evidence", "EvidenceWorker"]

_MOST_WAITING = 64  # cases, so that memory is bounded where a disk stands still
_PATIENCE_S = 20.0  # for what waits when the monitor stops
_FORGOTTEN = "its sound was not in memory any more"


@dataclass(frozen=True)
class Evidence:
    """Rows about an event; a `problem` is a sentence about what is missing, empty where nothing is."""

    case: Case
    clip: Clip | None = None
    explanation: Explanation | None = None
    problem: str = ""


class EvidenceWorker:
    """Writes the clip of each case, then explains its most anomalous window unless that was explained before.

    Whatever goes wrong becomes a row as well, and stops nothing: a clip that is not there says why in `reason`, an
    explanation in its sentence.

    `settings`: of the clips.
    `folder`: of the plant, at which the paths of rows start.
    `arrived`: set whenever there is something to take.
    `may_write`: called before a clip is written; tells whether the disk has room for it.
    """

    def __init__(
        self,
        settings: ClipSettings,
        folder: Path,
        arrived: Event,
        may_write: Callable[[], bool],
        clock: Clock = REAL,
    ) -> None:
        self._settings, self._folder = settings, folder
        self._arrived, self._may_write, self._clock = arrived, may_write, clock
        self._waiting, self._found = deque[Case](), deque[Evidence]()
        self._explained: dict[str, tuple[str, float]] = {}  # of each machine the event, and the begin of the window
        self._changed = Condition()
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="evidence", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def gathering(self) -> Gathering:
        """Return what gathers the cases of a machine."""
        return Gathering(self._settings, self.add)

    def add(self, case: Case) -> None:
        """Take a case; it takes the place of one of the same event that waits."""
        with self._changed:
            events = [waiting.change.event for waiting in self._waiting]
            if case.change.event in events:
                self._waiting[events.index(case.change.event)] = case
            else:
                self._waiting.append(case)
            if len(self._waiting) > _MOST_WAITING:
                self._give_up("too many clips waited to be written")
            self._changed.notify_all()

    def take(self) -> Evidence | None:
        """Return what was found next; None while nothing is there."""
        return self._found.popleft() if self._found else None

    def stop(self, patience_s: float = _PATIENCE_S) -> None:
        """End with what waits, as far as that is done in time."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(patience_s)
        with self._changed:
            while self._waiting:
                self._give_up("the monitor was stopped before it was written")

    def _run(self) -> None:
        while (case := self._next()) is not None:
            clip, problem = self._clip_of(case)
            self._found.append(Evidence(case, clip, self._explanation_of(case), problem))
            self._arrived.set()

    def _next(self) -> Case | None:
        """Wait for a case; None where none will come any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_stopping)
            return self._waiting.popleft() if self._waiting else None

    def _give_up(self, why: str) -> None:
        case = self._waiting.popleft()
        clip, problem = self._without_clip(case, why)
        self._found.append(Evidence(case, clip, problem=problem))
        self._arrived.set()

    def _clip_of(self, case: Case) -> tuple[Clip | None, str]:
        if case.clip is None:
            return self._without_clip(case, _FORGOTTEN)
        if not self._may_write():
            return self._without_clip(case, "too little is free on the disk")
        path, cut = clip_path(case.change), case.clip
        try:
            size, digest = write_clip(self._folder / path, case.change, cut)
        except Exception as error:  # a mistake of ours must not cost the event either
            return self._without_clip(case, _in_words(error))
        return Clip(case.change.event, path.as_posix(), cut.began, cut.ended, cut.rate, size, digest), ""

    def _without_clip(self, case: Case, why: str) -> tuple[Clip | None, str]:
        """Say why there is no clip; where an earlier part of it is there already, that stays."""
        path, change = clip_path(case.change), case.change
        if (self._folder / path).is_file():
            return None, f"the rest of the clip of its event is not kept: {why}"
        began, ended, rate = change.began, change.at, 0
        if case.clip is not None:
            began, ended, rate = case.clip.began, case.clip.ended, case.clip.rate
        row = Clip(change.event, path.as_posix(), began, ended, rate, 0, "", self._clock.utc(), why)
        return row, f"the clip of its event is not kept: {why}"

    def _explanation_of(self, case: Case) -> Explanation | None:
        """Explain the most anomalous window; None where that was explained already."""
        change, window = case.change, case.window
        this = (change.event, 0.0 if window is None else window.began)
        if self._explained.get(change.machine) == this:
            return None
        self._explained[change.machine] = this
        try:
            if window is None:
                raise OffkeyError(f"{_FORGOTTEN}.")
            with one_blas_thread():
                sentence, details = explain_window(case.model, change.machine, window, case.clip)
        except Exception as error:  # an event stands without an explanation
            sentence, details = f"No explanation could be made: {_in_words(error)}", {}
        return Explanation(change.event, self._clock.utc(), sentence, details)


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, OffkeyError) else f"{type(error).__name__}: {error}"
