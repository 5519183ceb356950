"""The outcome for a clip."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Result"]


@dataclass(frozen=True)
class Result:
    """The score of a clip, or of one window of a long recording, and what it means.

    Parameters
    ----------
    file : str
        Name of the recording: its path as given.
    start_s, end_s : float or None
        Where the window lies, in seconds.
    score : float or None
        Anomaly score, higher is more anomalous; None if there is an error.
    p_value : float or None
        The chance that a normal clip scores this high.
    anomalous : bool or None
        Whether the score exceeds the threshold.
    error : str or None
        One sentence that says why there is no score.
    note : str or None
        One sentence that says what the false-alarm rate is not promised for.
    traits : tuple of float, or None
        What the recording is like beside its machine (`offkey.hearing.traits`), where it was measured.
    """

    file: str
    start_s: float | None
    end_s: float | None
    score: float | None = None
    p_value: float | None = None
    anomalous: bool | None = None
    error: str | None = None
    note: str | None = None
    traits: tuple[float, ...] | None = field(default=None, compare=False, repr=False)
