"""A fitted model: scores clips and decides about them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.archive import MODEL, write_archive
from offkey.decision import ByLength, Calibration, Threshold
from offkey.detectors import Detector
from offkey.errors import AudioError
from offkey.features import FrontEnd
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import Batch, ClipFeatures, WindowFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.inputs import Clip, Clips, read_clips
from offkey.hearing.named_table import list_sources, named_table
from offkey.hearing.predictor import Predictor
from offkey.hearing.windows import Windowing, one_window
from offkey.model.config import ModelConfig
from offkey.model.fitted_on import FittedOn
from offkey.model.inline import sentences_html
from offkey.model.learnt_clips import LearntClips
from offkey.model.lengths import Lengths
from offkey.model.model_words import describe_model
from offkey.model.recalibration import Recalibration, recalibration_of
from offkey.model.reference import Reference
from offkey.model.result import Failed, Result, Scored, of_recording
from offkey.model.results import Results, ScoreOptions
from offkey.model.sound_range import SoundRange
from offkey.model.variation import Variation
from offkey.work.library_threads import one_blas_thread

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Model"]


class Model(Predictor[Result, Scored]):
    """Front end, detector and decision, fitted on the normal sound of one machine.

    Made by `offkey.fit` or `offkey.load`.

    Parameters
    ----------
    config : ModelConfig
        What was asked for.
    rate : int
        Sampling rate in Hz at which the model hears.
    front_end : FrontEnd
        Sound to features.
    standardiser : Standardiser or None
        Mean and scale of the features, where the front end's normalisation asks for them.
    detector : Detector
        Features to anomaly score, fitted.
    calibration : Calibration
        The scores that normal clips get.
    threshold : Threshold
        The decision.
    fitted_on : FittedOn
        What it was fitted on.
    reference : Reference, optional
        How its normal clips sound, for explanations; None where nothing was kept of them.
    sound : SoundRange, optional
        What its recordings were like, to tell when others were recorded otherwise; None in earlier files.
    learnt : LearntClips, optional
        The recordings it was fitted on, with their cross-validated scores; None where they were not kept.
    lengths : Lengths, optional
        How long its normal clips are; None for models of earlier versions, which do not know.
    by_length : ByLength, optional
        What shorter normal clips score.
    windowing : Windowing, optional
        Which recordings are cut, and how; by default as configuration and lengths say.
    recalibration : Recalibration, optional
        The new normal clips that set calibration and threshold anew; None where the model is as it was fitted.
    variation : Variation, optional
        How its normal clips vary, for models of sister machines; None in earlier files.

    Examples
    --------
    >>> import offkey
    >>> model = offkey.fit("recordings/normal")
    >>> model.save("pump7.offkey")
    >>> offkey.load("pump7.offkey").score("today.wav").anomalous
    True
    """

    def __init__(
        self,
        *,
        config: ModelConfig,
        rate: int,
        front_end: FrontEnd,
        standardiser: Standardiser | None,
        detector: Detector,
        calibration: Calibration,
        threshold: Threshold,
        fitted_on: FittedOn,
        reference: Reference | None = None,
        sound: SoundRange | None = None,
        learnt: LearntClips | None = None,
        lengths: Lengths | None = None,
        by_length: ByLength | None = None,
        windowing: Windowing | None = None,
        recalibration: Recalibration | None = None,
        variation: Variation | None = None,
    ) -> None:
        self.config = config
        self.rate = rate
        self.front_end = front_end
        self.standardiser = standardiser
        self.detector = detector
        self.calibration = calibration
        self.threshold = threshold
        self.fitted_on = fitted_on
        self.reference = reference
        self.sound = sound
        self.learnt = learnt
        self.lengths = lengths
        self.by_length = by_length
        known = config.windowing if lengths is None else lengths.windowing(config.hop_s)
        self.windowing = windowing or known
        self.recalibration = recalibration
        self.variation = variation

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
            How many clips are heard at a time; by default one per processor.
        progress : bool, optional
            Whether to show how far it is; by default in notebooks and terminals, where it takes more than a second.
        advance : callable, optional
            Called after each recording.

        Returns
        -------
        Scored or Results
            For one clip its result, of a recording longer than a minute that of its most anomalous
            window. For several a list of `Result`, as `results` gives them.

        Raises
        ------
        AudioError
            If one clip was given and cannot be used; of several, each bad one has its own `error`.
        UsageError
            If the path that was given does not exist, or nothing was given.
        ParameterError
            If something is no clip, or the rate or the number of jobs is not as it must be.

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
        """Score one window of live sound, in the least time: with no thread, no file and no table between.

        Parameters
        ----------
        samples : array_like, shape (n,)
            One channel at the model's `rate`: floats with full scale 1, which cost least as float32, or signed
            integers of up to 32 bits. At most as long as a clip that `score` leaves whole (``windowing.longest_s``).

        Returns
        -------
        float
            The anomaly score, that of `score`. It is anomalous above ``threshold.value``, and
            ``calibration.p_values`` tells how rare it is.

        Raises
        ------
        AudioError
            If the window is too short, silent, or holds samples that are no sound.
        ParameterError
            If the samples are no array of shape (n,), or too long for one window.

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
        """Return the features that the model takes of clips as a table, with a named column a feature.

        Parameters
        ----------
        clips : path, array, iterable of them, or polars.DataFrame
            As in `offkey.extract`.
        rate, jobs
            As in `score`.

        Returns
        -------
        polars.DataFrame
            As of `offkey.extract`, at this model's rate, in its windows, and not yet standardised.

        Raises
        ------
        UsageError
            If the path that was given does not exist, or nothing was given.

        Examples
        --------
        >>> model.extract("today.wav").columns[4:6]
        ['mel_43hz_mean', 'mel_66hz_mean']
        """
        sources, listed = list_sources(clips, rate)
        extractor = self.extractor()
        return named_table(extractor.feature_names(), extractor.extract_all(sources, jobs=jobs), listed)

    def judge(self, extracted: Sequence[ClipFeatures]) -> list[list[Result]]:
        """Score recordings whose features are extracted already, all of them in one call to the detector.

        Parameters
        ----------
        extracted : sequence of ClipFeatures
            What this model's extractor, or an equal one, gave.

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
            What this model's extractor gave.
        seconds : array_like of float, shape (n_clips,), optional
            How long each is, in seconds: a shorter clip than those learnt gets the score that one of their length
            and of equal rank would get (see `ByLength`). By default all are as long as those learnt.

        Returns
        -------
        ndarray of float, shape (n_clips,)
        """
        scores = self.detector.score(vectors if self.standardiser is None else self.standardiser(vectors))
        if seconds is None or self.by_length is None or self.lengths is None:
            return scores
        return self.by_length.equated(scores, np.asarray(seconds, np.float64) / self.lengths.clip_s)

    def extractor(self) -> Extractor:
        """Return how this model turns recordings into features."""
        channel, lengths = self.config.channel, self.lengths
        if lengths is None:  # of an earlier version, whose scores stay what they were
            return Extractor(self.front_end, self.rate, channel, self.windowing, centred=False)
        return Extractor(self.front_end, self.rate, channel, self.windowing, clip_s=lengths.clip_s)

    def with_false_alarm_rate(self, false_alarm_rate: float) -> Model:
        """Return the same model with the threshold for another false-alarm rate; nothing is fitted again.

        Raises
        ------
        ParameterError
            If the rate is not between 0 and 1.
        """
        threshold = self.calibration.threshold(false_alarm_rate)
        return self._with(threshold, self.config.model_copy(update={"false_alarm_rate": false_alarm_rate}))

    def with_threshold(self, value: float) -> Model:
        """Return the same model with another threshold, whose false-alarm rate is what the normal scores say.

        Raises
        ------
        ParameterError
            If the value is not finite.
        """
        return self._with(self.calibration.at(value), self.config)

    def with_windowing(self, window_s: float | None, hop_s: float | None) -> Model:
        """Return the same model cutting recordings in another way.

        Parameters
        ----------
        window_s : float or None
            Length of a window in seconds; whatever is longer is cut. None leaves it as it is.
        hop_s : float or None
            From the start of a window to the start of the next, in seconds; None leaves it as it is.

        Raises
        ------
        ParameterError
            If a length is out of range.
        """
        now, given = self.windowing, {"window_s": window_s, "hop_s": hop_s}
        if window_s is not None:
            windowing = Windowing.every(window_s, hop_s)
        else:
            windowing = now if hop_s is None else replace(now, hop_s=hop_s)
        config = self.config.model_copy(update={key: value for key, value in given.items() if value is not None})
        return self._with(self.threshold, config, windowing)

    def recalibrate(self, clips: Clips, *, rate: int | None = None, jobs: int | None = None) -> Model:
        """Return the same model with its decision set anew by a few new normal clips; the detector learns nothing.

        For another day, a moved microphone or another gain. The scores of the new clips tell where normal clips lie
        now; how they vary about it comes from the clips learnt. Where it brings the new clips nearer, what moved in
        their mean features is taken away before a clip is scored. A model that was recalibrated before is
        recalibrated from the state of its fit.

        Parameters
        ----------
        clips : path, array, or iterable of them
            At least 5 new recordings of normal operation, better 10 or more, that the model did not learn from. Those
            that score far beyond the others are left out, and named in ``recalibration.left_out``.
        rate : int, optional
            Sampling rate of arrays in Hz.
        jobs : int, optional
            How many clips are heard at a time; by default one per processor.

        Returns
        -------
        Model
            With `recalibration` telling from what, and ``recalibration.notes(false_alarm_rate)`` what it promises.

        Raises
        ------
        AudioError
            If fewer than 5 clips can be used.
        UsageError
            If a path does not exist, or nothing was given.

        Examples
        --------
        >>> moved = model.recalibrate("recordings/today")
        >>> moved.recalibration.clips
        10
        """
        extractor = replace(self.extractor(), digest=True)
        return self.recalibrated(list(extractor.extract_all(read_clips(clips, rate).sources, jobs=jobs)))

    def recalibrated(self, extracted: list[ClipFeatures]) -> Model:
        """Recalibrate by clips whose features are extracted already; see `recalibrate`.

        Parameters
        ----------
        extracted : list of ClipFeatures
            What this model's extractor, or an equal one, gave.

        Returns
        -------
        Model
        """
        fitted, learnt = self._as_fitted(), self.learnt
        centre = None if self.reference is None else self.reference.vectors.mean(axis=0, dtype=np.float64)
        found = recalibration_of(
            extracted,
            fitted.scores,
            fitted.calibration,
            lambda digest: learnt is not None and bool(digest) and learnt.score(digest) is not None,
            centre,
        )
        model = copy(fitted)
        if found.features is not None:
            model.standardiser = Standardiser.moved(fitted.standardiser, found.features)
        model.recalibration, model.calibration = found, found.calibration()
        model.threshold = model.calibration.threshold(self.config.false_alarm_rate)
        names = {name for name, _ in found.left_out}
        used = [clip for clip in extracted if clip.name not in names]
        model.sound = SoundRange.of(window.traits for clip in used for window in clip.usable_windows)
        return model

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to a file, whole or not at all.

        Parameters
        ----------
        path : path
            The file, by convention ending in ``.offkey``.

        Raises
        ------
        OffkeyError
            If it cannot be written.
        """
        state = {
            "config": self.config.model_dump(mode="json"),
            "rate": self.rate,
            "threshold": self.threshold.value,
            "false_alarm_rate": self.threshold.false_alarm_rate,
            "extrapolated": self.threshold.extrapolated,
            "fitted_on": self.fitted_on.model_dump(mode="json"),
            "detector": self.detector.state(),
            "normal_scores": self.calibration.normal_scores,
            "worth": self.calibration.worth,
            "standardiser": vars(self.standardiser) if self.standardiser else None,
            "front_end": self.front_end.state(),
            "reference": vars(self.reference) if self.reference else None,
            "sound": vars(self.sound) if self.sound else None,
            "learnt": None if self.learnt is None else self.learnt.state(),
            "lengths": self.lengths.model_dump(mode="json") if self.lengths else None,
            "by_length": vars(self.by_length) if self.by_length else None,
            "recalibration": self.recalibration.state() if self.recalibration else None,
            "variation": vars(self.variation) if self.variation else None,
        }
        write_archive(Path(path), MODEL, state)

    def __repr__(self) -> str:
        clips = self.fitted_on.clips
        return (
            f"<Model: detector '{self.detector.name}' on '{self.front_end.name}', {clips} normal clips, {self.rate} Hz>"
        )

    def _repr_html_(self) -> str:
        return sentences_html(describe_model(self))

    def _as_fitted(self) -> Model:
        """Return the model as it was before any recalibration."""
        found, model = self.recalibration, copy(self)
        if found is not None:
            model.recalibration, model.calibration = None, found.before()
            if found.features is not None:
                model.standardiser = Standardiser.moved(self.standardiser, -found.features)
        return model

    def _with(self, threshold: Threshold, config: ModelConfig, windowing: Windowing | None = None) -> Model:
        model = copy(self)
        model.threshold, model.config, model.windowing = threshold, config, windowing or self.windowing
        return model

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
