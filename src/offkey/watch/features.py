"""Live sound to scored windows: the same windows, features and scores as of a file, however the sound is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass

from offkey.audio.channel import Samples, one_channel
from offkey.errors import AudioError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.windows import Window, Windows
from offkey.model import Model, Scored
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.work.library_threads import one_blas_thread

__all__ = ["ScoredWindow", "StreamScores"]


@dataclass(frozen=True)
class ScoredWindow:
    """A window of live sound.

    Parameters
    ----------
    start, end : float
        When it was, in seconds since 1970 UTC.
    score : float
        Anomaly score; NaN where the window cannot be used.
    p_value : float
        Conformal p-value; NaN without a score.
    surprise : float
        How unusual it is, as of `Calibration.surprises`; NaN without a score.
    error : str, optional
        Why it has no score.
    state : str, optional
        In which operating state the machine was; None where none are known.
    """

    start: float
    end: float
    score: float = math.nan
    p_value: float = math.nan
    surprise: float = math.nan
    error: str | None = None
    state: str | None = None


class StreamScores:
    """Scores what a source gives, stretch by stretch; a window never reaches over a gap.

    Parameters
    ----------
    model : Model
        The model of the machine; its windowing says how long windows are and when they come.
    name : str
        What messages call the source.
    """

    def __init__(self, model: Model, name: str) -> None:
        self._model, self._name, self._extractor = model, name, model.extractor()
        self._windows: Windows | None = None
        self._at, self._rate = 0.0, model.rate

    def feed(self, item: Item) -> list[ScoredWindow]:
        """Take what came next, and score the windows that are whole with it.

        Parameters
        ----------
        item : Begin, ndarray of float32 of shape (n, channels), End, or Correction
            What came; see `Source`.

        Returns
        -------
        list of ScoredWindow
            In the order of time. A window that cannot be used has its `error`.

        Raises
        ------
        AudioError
            If the sound as a whole cannot be used: its rate is too low, or it lacks the model's channel.
        """
        if isinstance(item, Begin):
            return self._begin(item)
        if isinstance(item, Correction):
            self._at += item.seconds
            return []
        if isinstance(item, End):
            windows, self._windows = self._windows, None
            return self._scored(windows.finish()) if windows is not None and item.is_whole else []
        return self._block(item)

    def _begin(self, begin: Begin) -> list[ScoredWindow]:
        self._windows, self._at, self._rate = None, begin.at, begin.rate
        self._windows = self._extractor.windows(begin.rate, seconds=begin.seconds)
        return []

    def _block(self, block: Samples) -> list[ScoredWindow]:
        if self._windows is None:  # the rest of a stretch that cannot be used
            return []
        try:
            sound = one_channel(block, self._model.config.channel, self._name)
        except AudioError:
            self._windows = None
            raise
        return self._scored(self._windows.feed(sound))

    def _scored(self, windows: list[Window]) -> list[ScoredWindow]:
        return [self._score(window) for window in windows]

    def _score(self, window: Window) -> ScoredWindow:
        """Take the steps of a file's window, so that its score is the same to the last bit."""
        with one_blas_thread():
            features = self._extractor.features(window, name=self._name, native_rate=self._rate)
            result = self._model.judge([ClipFeatures(self._name, [features])])[0][0]
        start, end = self._at + window.start_s, self._at + window.end_s
        if not isinstance(result, Scored):
            return ScoredWindow(start, end, error=str(result.error))
        surprise = float(self._model.calibration.surprises([result.score])[0])
        return ScoredWindow(start, end, result.score, result.p_value, surprise)
