"""The scoring part of a model: front end, detector and decision, fitted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision import ByLength, Calibration, Threshold
from offkey.detectors import Detector
from offkey.errors import AudioError
from offkey.features import FrontEnd
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import Batch, ClipFeatures, WindowFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.inputs import Clip, Clips
from offkey.hearing.named_table import list_sources, named_table
from offkey.hearing.predictor import Predictor
from offkey.hearing.windows import Windowing, one_window
from offkey.model.config import ModelConfig
from offkey.model.lengths import Lengths
from offkey.model.result import Failed, Result, Scored, of_recording
from offkey.model.results import Results, ScoreOptions
from offkey.work.library_threads import one_blas_thread

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Scorer"]


@dataclass(kw_only=True, eq=False, repr=False)
class Scorer(Predictor[Result, Scored]):
    """The part of a `Model` that scores clips and decides about them, with all that this takes."""

    config: ModelConfig
    rate: int
    front_end: FrontEnd
    standardiser: Standardiser | None
    detector: Detector
    calibration: Calibration
    threshold: Threshold
    windowing: Windowing
    lengths: Lengths | None = None
    by_length: ByLength | None = None

    @overload
    def score(self, clips: NDArray[np.number[Any]], **how: Unpack[ScoreOptions]) -> Scored: ...

    @overload
    def score(  # type: ignore[overload-overlap]  # of a folder a list: no type checker knows what lies at a path
        self, clips: str | PathLike[str], **how: Unpack[ScoreOptions]
    ) -> Scored | Any: ...

    @overload
    def score(self, clips: Iterable[Clip], **how: Unpack[ScoreOptions]) -> Results: ...

    def score(
        self,
        clips: Clips,
        *,
        rate: int | None = None,
        jobs: int | None = None,
        progress: bool | None = None,
        advance: Callable[[], None] | None = None,
    ) -> Scored | Results:
        """Score a clip, or several.

        Parameters
        ----------
        clips : path, array, or iterable of them
            One file or array of shape (n,) or (n, channels), or a folder or a list of these.
        rate : int, optional
            Sampling rate of arrays in Hz.
        jobs : int, optional
            Number of clips processed in parallel; by default one per processor.
        progress : bool, optional
            Whether to show a progress bar; by default in notebooks and terminals, if it takes more than a second.
        advance : callable, optional
            Called after each recording.

        Returns
        -------
        Scored or Results
            The result of one clip, or a list of `Result` for several. For one recording that is cut into windows, the
            result of its most anomalous window.

        Raises
        ------
        AudioError
            If a single clip cannot be used. With several clips, each bad one has its own `error` instead.
        UsageError
            If the path does not exist, or nothing was given.
        ParameterError
            If something is not a clip, or the rate or the number of jobs is invalid.

        Examples
        --------
        >>> model.score("today.wav").anomalous
        True
        >>> [result.anomalous for result in model.score(["recordings/normal", "today.wav"])].count(True)
        1
        """
        outcome = self._of_clips(clips, rate, jobs, progress, advance)
        return Results(outcome) if isinstance(outcome, list) else outcome

    def score_window(self, samples: ArrayLike) -> float:
        """Score one window of live sound in the least time: without threads, files or tables.

        Parameters
        ----------
        samples : array_like, shape (n,)
            One channel at the model's `rate`: floats with full scale 1 (float32 is fastest), or signed integers of up
            to 32 bits. At most ``windowing.longest_s`` long, the longest clip that `score` does not cut.

        Returns
        -------
        float
            The anomaly score, the same as from `score`. The window is anomalous above ``threshold.value``;
            ``calibration.p_values`` gives its p-value.

        Raises
        ------
        AudioError
            If the window is too short, silent, or holds invalid samples such as NaN.
        ParameterError
            If the samples are not an array of shape (n,), or are too long for one window.

        Examples
        --------
        >>> model.score_window(window) > model.threshold.value
        True
        """
        sound = one_window(samples, self.rate, self.windowing, at_least=self.front_end.min_samples(self.rate))
        with one_blas_thread():
            vector = self.extractor().vector(sound)
            score = float(self.scores(vector[None], [len(sound) / self.rate])[0])
        if not math.isfinite(score):
            raise AudioError(self._undecided("the window", score))
        return score

    def extract(self, clips: Clips | pl.DataFrame, *, rate: int | None = None, jobs: int | None = None) -> pl.DataFrame:
        """Return the features that the model uses as a table, with one named column per feature.

        Parameters
        ----------
        clips : path, array, iterable of them, or polars.DataFrame
            As in `offkey.extract`.
        rate, jobs
            As in `score`.

        Returns
        -------
        polars.DataFrame
            As from `offkey.extract`, at this model's rate and in its windows, before standardising.

        Raises
        ------
        UsageError
            If the path does not exist, or nothing was given.

        Examples
        --------
        >>> model.extract("today.wav").columns[4:6]
        ['mel_43hz_mean', 'mel_66hz_mean']
        """
        sources, listed = list_sources(clips, rate)
        extractor = self.extractor()
        return named_table(extractor.feature_names(), extractor.extract_all(sources, jobs=jobs), listed)

    def judge(self, extracted: Sequence[ClipFeatures]) -> list[list[Result]]:
        """Score recordings from features that are extracted already, in one call to the detector.

        Parameters
        ----------
        extracted : sequence of ClipFeatures
            Features from this model's `extractor`, or an equal one.

        Returns
        -------
        list of list of Result
            The results of the windows of each recording, in order.
        """
        batch = Batch(extracted)
        scores = self.scores(batch.vectors, batch.seconds) if len(batch) else np.empty(0)
        p_values = self.calibration.p_values(scores)
        judged = iter(zip(scores.tolist(), p_values.tolist(), strict=True))
        return [
            [
                Failed(clip.name, window.start_s, window.end_s, error=str(window.error))
                if window.vector is None
                else self._result(clip.name, window, *next(judged))
                for window in clip.windows
            ]
            for clip in batch.clips
        ]

    def scores(self, vectors: NDArray[np.float32], seconds: ArrayLike | None = None) -> NDArray[np.float64]:
        """Return the anomaly score of each clip.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n_clips, n_features)
            Features from this model's `extractor`.
        seconds : array_like of float, shape (n_clips,), optional
            Duration of each clip in seconds. The score of a clip shorter than the training clips is replaced by the
            score of equal rank at their length (see `ByLength`). By default all are as long as the training clips.

        Returns
        -------
        ndarray of float, shape (n_clips,)
        """
        scores = self.detector.score(vectors if self.standardiser is None else self.standardiser(vectors))
        if seconds is None or self.by_length is None or self.lengths is None:
            return scores
        return self.by_length.equated(scores, np.asarray(seconds, np.float64) / self.lengths.clip_s)

    def extractor(self) -> Extractor:
        """Return the extractor, which turns recordings into features as this model needs them."""
        channel, lengths = self.config.channel, self.lengths
        if lengths is None:  # of an earlier version, whose scores stay what they were
            return Extractor(self.front_end, self.rate, channel, self.windowing, centred=False)
        return Extractor(self.front_end, self.rate, channel, self.windowing, clip_s=lengths.clip_s)

    def _result(self, name: str, window: WindowFeatures, score: float, p_value: float) -> Result:
        if not math.isfinite(score):  # neither normal nor anomalous: no comparison holds of NaN
            return Failed(name, window.start_s, window.end_s, error=self._undecided(name, score))
        note = None if self.lengths is None else self.lengths.caveat(window, name, self.by_length)
        anomalous = score > self.threshold.value
        return Scored(name, window.start_s, window.end_s, score, p_value, anomalous, note=note, traits=window.traits)

    def _of_recording(self, outcomes: Sequence[Result]) -> Scored:
        result = of_recording(outcomes)
        if not isinstance(result, Scored):
            raise AudioError(str(result.error))
        return result

    def _undecided(self, name: str, score: float) -> str:
        return f"The detector '{self.detector.name}' gives {name} the score {score}, which decides nothing."
