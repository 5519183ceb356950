"""The verdict on a machine: which new clips sound wrong, since when, how sure that is, and what to listen to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from offkey.audio.recording_times import RecordingTimes, in_order, recording_times
from offkey.decision import Realised, false_alarms_of, lasting_change
from offkey.model.model import Model
from offkey.model.result import Scored
from offkey.model.shift import shift_of
from offkey.tables import path_of

__all__ = ["Verdict", "verdict_of"]

_LISTEN = 3  # clips that are proposed to listen to
_APART = 3  # windows between two of them in one recording, so that they are three things and not one
_ALL = 5  # clips that are all anomalous, from which on the recording is doubted


@dataclass(frozen=True)
class Verdict:
    """The verdict of a model on the clips that it did not learn from; `offkey.model.verdict_words` has its sentences.

    Parameters
    ----------
    windows : list of Scored
        The new clips, or the windows of long recordings, in the order of time.
    learnt : int
        How many further recordings the model learnt from.
    times : RecordingTimes
        When the new recordings began.
    lasting : slice or None
        The windows of a lasting change, see `offkey.decision.lasting_change`.
    promised : Realised or None
        The share of false alarms that the normal clips promise; None where the rate is none.
    n_normal : int
        How many normal clips promise it.
    false_alarms : tuple of int
        Between how many of these windows would be false alarms if all were normal, in nine of ten cases.
    listen : list of Scored
        What to listen to, the most anomalous first.
    level_db : float or None
        How far the mean level of the recordings lies from the median of those learnt; None where it is not known.
    differ : bool
        Whether all are unlike the clips learnt, so that the recording may have changed and not the machine.
    """

    windows: list[Scored]
    learnt: int
    times: RecordingTimes
    lasting: slice | None
    promised: Realised | None
    n_normal: int
    false_alarms: tuple[int, int]
    listen: list[Scored]
    level_db: float | None
    differ: bool

    @property
    def anomalous(self) -> int:
        """Number of anomalous windows."""
        return sum(window.anomalous for window in self.windows)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(window.file for window in self.windows)

    @property
    def files(self) -> list[str]:
        """The new recordings, in the order of time."""
        return list(self._counts)

    @property
    def long(self) -> bool:
        """Whether any recording is scored in several windows."""
        return len(self.files) < len(self.windows)

    def is_part(self, window: Scored) -> bool:
        """Tell whether a window is one of several of its recording."""
        return self._counts[window.file] > 1

    def at(self, window: Scored) -> datetime | None:
        """Return when a window begins, None where that is not known."""
        start = self.times.starts.get(window.file)
        return None if start is None else start + timedelta(seconds=window.start_s or 0.0)


def verdict_of(
    model: Model,
    windows: Iterable[Scored],
    *,
    learnt: Collection[str] = (),
    files: Mapping[str, Path] | None = None,
) -> Verdict:
    """Return the verdict of a model on a batch of clips.

    Parameters
    ----------
    model : Model
        The model that scored them.
    windows : iterable of Scored
        The results of all windows; those of a recording follow each other.
    learnt : collection of str, optional
        Names of the recordings that the model learnt from, on which there is no verdict.
    files : mapping of str to Path, optional
        The files of recordings whose names are not their paths; their times order the clips.

    Returns
    -------
    Verdict
    """
    scored = list(windows)
    new = [window for window in scored if window.file not in learnt]
    shift, times = shift_of(model, new), _times(new, files or {})
    new.sort(key=lambda window: _when(window, times))
    rate, n = model.threshold.false_alarm_rate, model.calibration.worth
    promised = model.calibration.realised_rate(rate) if 0 < rate < 1 else None
    alarms = [window.anomalous for window in new]
    level = shift.measures.get("level_db")
    return Verdict(
        windows=new,
        learnt=len({window.file for window in scored if window.file in learnt}),
        times=times,
        lasting=lasting_change(alarms, promised.high) if promised and times.source else None,
        promised=promised,
        n_normal=n,
        false_alarms=(0, len(new)) if promised is None else false_alarms_of(n, rate, len(new)),
        listen=_to_hear(new),
        level_db=None if level is None else round(level["mean"] - level["learnt_median"], 1),
        differ=len(new) > 1 and all(alarms) and (shift.shifted or len(new) >= _ALL),
    )


def _times(windows: Sequence[Scored], files: Mapping[str, Path]) -> RecordingTimes:
    ends: dict[str, float] = {}
    for window in windows:
        ends[window.file] = max(ends.get(window.file, 0.0), window.end_s or 0.0)
    return recording_times((name, files.get(name) or path_of(name), end) for name, end in ends.items())


def _when(window: Scored, times: RecordingTimes) -> tuple[datetime, list[tuple[int, str]], float]:
    """Return the key that sorts windows by time: the date if it is known, then the name, then the moment."""
    start = times.starts.get(window.file, datetime.min)
    return start, in_order(window.file), window.start_s or 0.0


def _to_hear(windows: Sequence[Scored]) -> list[Scored]:
    """Return the most anomalous windows, or if none is anomalous the most unusual, that are not of one moment."""
    called = [window for window in windows if window.anomalous] or list(windows)
    chosen: list[Scored] = []
    for window in sorted(called, key=lambda window: -window.score):
        if all(_apart(window, other) for other in chosen):
            chosen.append(window)
        if len(chosen) == _LISTEN:
            break
    return chosen


def _apart(one: Scored, other: Scored) -> bool:
    """Tell whether two windows are of two recordings, or of two moments of one."""
    length = (one.end_s or 0.0) - (one.start_s or 0.0)
    return one.file != other.file or abs((one.start_s or 0.0) - (other.start_s or 0.0)) >= _APART * length
