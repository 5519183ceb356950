"""Live sound to scored windows: the same windows, features and scores as of a file, however the sound is cut."""

from __future__ import annotations

from offkey.audio.channel import Samples, one_channel
from offkey.errors import AudioError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.traits import TRAITS
from offkey.hearing.window_extractor import Overlapping
from offkey.hearing.windows import Window, Windows
from offkey.model import Model, Scored
from offkey.watch.acquisition.quality import Doubt
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.watch.doubts import Doubts
from offkey.watch.noise_estimate import NoiseEstimate
from offkey.watch.scored_window import SOUND, ScoredWindow
from offkey.work.library_threads import one_blas_thread

__all__ = ["StreamScores"]

_SOUND = [TRAITS.index(name) for name in SOUND]


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
        self._overlapping: Overlapping | None = None
        self._at, self._rate, self._count = 0.0, model.rate, 0
        self._doubts, self._noise = Doubts(), NoiseEstimate()

    def feed(self, item: Item) -> list[ScoredWindow]:
        """Take what came next, and score the windows that are whole with it.

        Parameters
        ----------
        item : Begin, ndarray of float32 of shape (n, channels), End, Correction or Doubt
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
        if isinstance(item, Doubt):
            return self._doubts.change(item, self._at + self._count / self._rate)
        if isinstance(item, End):
            windows, self._windows = self._windows, None
            last = self._scored(windows.finish()) if windows is not None and item.is_whole else []
            return [*last, *self._doubts.release()]
        return self._block(item)

    def release(self) -> list[ScoredWindow]:
        """Return windows that wait for what comes next, since nothing comes: those of sound that may have a flaw.

        Returns
        -------
        list of ScoredWindow
        """
        return self._doubts.release()

    def hold_noise(self, since: float | None) -> None:
        """Take a far microphone away as before an event while it goes on, so that it does not explain the fault.

        Parameters
        ----------
        since : float or None
            When the event began, in seconds since 1970 UTC; None where none goes on. Each window is then estimated
            by itself, as in a file.
        """
        self._noise.hold(since)
        if self._windows is not None:
            self._windows.held_gain = self._noise.held

    def _begin(self, begin: Begin) -> list[ScoredWindow]:
        self._windows, self._at, self._rate, self._count = None, begin.at, begin.rate, 0
        self._windows = self._extractor.windows(begin.rate, seconds=begin.seconds)
        self._windows.held_gain = self._noise.held
        self._overlapping = self._extractor.overlapping()
        return []

    def _block(self, block: Samples) -> list[ScoredWindow]:
        self._count += len(block)
        if self._windows is None:  # the rest of a stretch that cannot be used
            return []
        try:
            sound = one_channel(block, self._model.config.channel, self._name)
        except AudioError:
            self._windows = None
            raise
        return self._scored(self._windows.feed(sound))

    def _scored(self, windows: list[Window]) -> list[ScoredWindow]:
        return self._doubts.feed(self._score(window) for window in windows)

    def _score(self, window: Window) -> ScoredWindow:
        """Take the steps of a file's window, so that its score is the same to the last bit."""
        with one_blas_thread():
            features = self._extractor.features(
                window, name=self._name, native_rate=self._rate, overlapping=self._overlapping
            )
            result = self._model.judge([ClipFeatures(self._name, [features])])[0][0]
        start, end = self._at + window.start_s, self._at + window.end_s
        self._noise.add(window.gain, end)
        if not isinstance(result, Scored):
            return ScoredWindow(start, end, error=str(result.error))
        surprise = float(self._model.calibration.surprises([result.score])[0])
        sound = () if features.traits is None else tuple(features.traits[k] for k in _SOUND)
        return ScoredWindow(start, end, result.score, result.p_value, surprise, sound=sound)
