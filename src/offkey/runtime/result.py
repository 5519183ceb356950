"""The outcome for a window of sound, and the event that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Event", "Result"]


@dataclass(frozen=True)
class Event:
    """An event of the fast path, as far as it is known with a window.

    Parameters
    ----------
    kind : {"new", "update", "end"}
        Whether it becomes known with this window, goes on, or is over.
    start_s : float
        Where its first window begins, in seconds of the stream.
    end_s : float
        Where its newest window ends.
    peak : float
        The highest average of surprises in it.
    """

    kind: Literal["new", "update", "end"]
    start_s: float
    end_s: float
    peak: float


@dataclass(frozen=True)
class Result:
    """The score of a window and what it means, or the reason why there is none.

    Parameters
    ----------
    start_s, end_s : float
        Where the window lies in the file or the stream, in seconds.
    score : float or None
        Anomaly score, higher is more anomalous; None if there is an `error`.
    p_value : float or None
        The chance that a normal clip scores this high.
    anomalous : bool or None
        Whether the score exceeds the threshold.
    error : str or None
        One sentence that says why there is no score.
    event : Event or None
        The event of a stream that begins with this window, goes on or is over.
    """

    start_s: float
    end_s: float
    score: float | None
    p_value: float | None
    anomalous: bool | None
    error: str | None = None
    event: Event | None = None
