"""The outcome for a window of a recording: a score and what it means, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from offkey.hearing.batch import most_anomalous

if TYPE_CHECKING:
    from offkey.pictures import Picture

__all__ = ["Failed", "Result", "Scored", "by_recording", "of_recording", "of_recordings"]


@dataclass(frozen=True)
class Result:
    """The result for a clip, or for one window of a long recording: either `Scored` or `Failed`.

    Parameters
    ----------
    file : str
        Name of the recording: its path as given.
    start_s, end_s : float or None
        Start and end of the window, in seconds.
    score : float or None
        Anomaly score, higher is more anomalous; None if there is an error.
    p_value : float or None
        The chance that a normal clip scores this high.
    anomalous : bool or None
        Whether the score exceeds the threshold.
    error : str or None
        One sentence on why there is no score.
    note : str or None
        One sentence on why the false-alarm rate is not promised for this clip.
    traits : tuple of float, or None
        Level, noise and other traits of the recording itself (`offkey.hearing.traits`), if they were measured.

    Examples
    --------
    >>> result = model.score("today.wav")
    >>> result.file, result.anomalous, result.error
    ('today.wav', True, None)
    """

    file: str
    start_s: float | None
    end_s: float | None
    score: float | None
    p_value: float | None
    anomalous: bool | None
    error: str | None
    note: str | None = None
    traits: tuple[float, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def ok(self) -> bool:
        """Whether there is a score."""
        return self.error is None

    def plot(self) -> Picture:
        """Return the spectrogram of the clip or window, read from its file.

        Returns
        -------
        Picture
            Notebooks show it; ``save`` writes it as PNG, SVG or PDF, and ``draw`` returns the matplotlib figure.

        Raises
        ------
        AudioError
            If the file cannot be read, or the sound was given as an array.

        Examples
        --------
        >>> model.score("today.wav").plot().save("today.png")
        """
        from offkey.model.notebook import sound_picture

        return sound_picture(self.file, self.start_s, self.end_s)

    def _repr_html_(self) -> str:
        from offkey.model.notebook import sound_html

        name, error = escape(self.file), escape(self.error or "")
        if not self.ok:
            return f"<p><b>{name}</b>: no score. {error}</p>"
        decision = "<b style='color:#cc3311'>anomalous</b>" if self.anomalous else "like the normal clips"
        figures = f"score {self.score:.4g}, p-value {self.p_value:.2g}"
        note = f" {escape(self.note)}" if self.note else ""
        return f"<p><b>{name}</b>: {decision}, {figures}.{note}</p>{sound_html(self.file, self.start_s, self.end_s)}"

    @staticmethod
    def of(values: Mapping[str, Any]) -> Scored | Failed:
        """Return a result with these values of its fields."""
        kind = Scored if values["error"] is None else Failed
        return kind(**values)


@dataclass(frozen=True)
class Scored(Result):
    """A window with a score; fields as in `Result`.

    Examples
    --------
    >>> import offkey
    >>> isinstance(model.score("today.wav"), offkey.Scored)
    True
    """

    score: float
    p_value: float
    anomalous: bool
    error: None = None


@dataclass(frozen=True)
class Failed(Result):
    """A window or a whole recording that could not be scored; fields as in `Result`.

    Examples
    --------
    >>> import offkey
    >>> result = model.score(["today.wav", "gone.wav"])[1]
    >>> isinstance(result, offkey.Failed), result.error
    (True, 'gone.wav cannot be read: No such file or directory.')
    """

    score: None = None
    p_value: None = None
    anomalous: None = None
    error: str = field(kw_only=True)


def of_recording(windows: Sequence[Result]) -> Result:
    """Return the result of a recording: that of its most anomalous window; the first failure where none has a score."""
    scored = [window for window in windows if isinstance(window, Scored)]
    if not scored:
        return windows[0]
    return scored[int(most_anomalous([window.score for window in scored])[0])]


def of_recordings(results: Iterable[Result]) -> Iterator[Result]:
    """Yield the result of each recording; the results of its windows come one after the other."""
    return map(of_recording, by_recording(results))


def by_recording(results: Iterable[Result]) -> Iterator[list[Result]]:
    """Yield the results of the windows of each recording, which come one after the other."""
    return (list(windows) for _, windows in groupby(results, key=lambda result: result.file))
