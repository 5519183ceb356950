"""A fitted model: a scorer that knows the clips which it learnt from, and that can decide otherwise and be saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.archive import MODEL, write_archive
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.inputs import Clips, read_clips
from offkey.hearing.windows import Windowing
from offkey.model.fitted_on import FittedOn
from offkey.model.learnt_clips import LearntClips
from offkey.model.model_words import describe_model
from offkey.model.notebook import sentences_html
from offkey.model.recalibration import Recalibration, recalibration_of
from offkey.model.reference import Reference
from offkey.model.scorer import Scorer
from offkey.model.sound_range import SoundRange
from offkey.model.variation import Variation

__all__ = ["Model"]


@dataclass(kw_only=True, eq=False, repr=False)
class Model(Scorer):
    """Front end, detector and decision, fitted on the normal sound of one machine.

    Made by `offkey.fit` or `offkey.load`.

    Parameters
    ----------
    config : ModelConfig
        The options it was fitted with.
    rate : int
        Sampling rate in Hz to which recordings are resampled.
    front_end : FrontEnd
        Turns sound into features.
    standardiser : Standardiser or None
        Mean and scale of the features; None if the front end does not standardise.
    detector : Detector
        Turns features into an anomaly score; fitted.
    calibration : Calibration
        The cross-validated scores of the normal clips; they give p-values and thresholds.
    threshold : Threshold
        The score above which a clip is anomalous.
    windowing : Windowing
        Which recordings are cut into windows, and how.
    lengths : Lengths, optional
        Durations of its normal clips; None in files of earlier versions.
    by_length : ByLength, optional
        Scores of its normal clips when cut shorter.
    fitted_on : FittedOn
        Counts, digest and notes of the clips it was fitted on, and the clips left out.
    reference : Reference, optional
        Levels, timbre and sound of some of its normal clips, for explanations; None if none were kept.
    sound : SoundRange, optional
        Level, noise and other traits of its recordings, to detect recordings made differently; None in files of earlier
        versions.
    learnt : LearntClips, optional
        The recordings it was fitted on, with their cross-validated scores; None if they were not kept.
    recalibration : Recalibration, optional
        The new normal clips it was recalibrated from; None if it was not recalibrated.
    variation : Variation, optional
        Features of its normal clips less their mean, for models of sister machines; None in files of earlier versions.

    Examples
    --------
    >>> import offkey
    >>> model = offkey.fit("recordings/normal")
    >>> model.save("pump7.offkey")
    >>> offkey.load("pump7.offkey").score("today.wav").anomalous
    True
    """

    fitted_on: FittedOn
    reference: Reference | None = None
    sound: SoundRange | None = None
    learnt: LearntClips | None = None
    recalibration: Recalibration | None = None
    variation: Variation | None = None

    def with_false_alarm_rate(self, false_alarm_rate: float) -> Model:
        """Return the same model with the threshold for another false-alarm rate; nothing is fitted again.

        Raises
        ------
        ParameterError
            If the rate is not between 0 and 1.
        """
        config = self.config.model_copy(update={"false_alarm_rate": false_alarm_rate})
        return replace(self, threshold=self.calibration.threshold(false_alarm_rate), config=config)

    def with_threshold(self, value: float) -> Model:
        """Return the same model with another threshold; its false-alarm rate follows from the normal scores.

        Raises
        ------
        ParameterError
            If the value is not finite.
        """
        return replace(self, threshold=self.calibration.at(value))

    def with_windowing(self, window_s: float | None, hop_s: float | None) -> Model:
        """Return the same model with other windows for long recordings.

        Parameters
        ----------
        window_s : float or None
            Length of a window in seconds; longer recordings are cut. None leaves it as it is.
        hop_s : float or None
            Seconds from the start of one window to the start of the next; None leaves it as it is.

        Raises
        ------
        ParameterError
            If a length is out of range.
        """
        if window_s is None:
            cut = self.windowing if hop_s is None else replace(self.windowing, hop_s=hop_s)
        else:
            cut = Windowing.every(window_s, hop_s)
        given = {"window_s": window_s, "hop_s": hop_s}
        config = self.config.model_copy(update={key: value for key, value in given.items() if value is not None})
        lengths = None if self.lengths is None else self.lengths.cut_by(cut)
        return replace(self, config=config, windowing=cut, lengths=lengths)

    def recalibrate(self, clips: Clips, *, rate: int | None = None, jobs: int | None = None) -> Model:
        """Return the same model with its threshold recalibrated by a few new normal clips; the detector stays as it is.

        Use it after another day, a moved microphone or another gain. The new clips set the centre of the normal scores;
        the training clips set their spread. If the mean features moved, the difference is subtracted before a clip is
        scored, provided this lowers the scores of the new clips clearly. A model that was recalibrated before starts
        again from its fit.

        Parameters
        ----------
        clips : path, array, or iterable of them
            At least 5, better 10 or more, new recordings of normal operation, none of them a training clip. Clips that
            score far above the others are left out and listed in ``recalibration.left_out``.
        rate : int, optional
            Sampling rate of arrays in Hz.
        jobs : int, optional
            Number of clips processed in parallel; by default one per processor.

        Returns
        -------
        Model
            Its `recalibration` lists the clips used, and ``recalibration.notes(false_alarm_rate)`` states the promised
            rate.

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
        """Recalibrate from features that are extracted already; see `recalibrate`.

        Parameters
        ----------
        extracted : list of ClipFeatures
            Features from this model's `extractor`, or an equal one.

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
        calibration = found.calibration()
        names = {name for name, _ in found.left_out}
        used = [clip for clip in extracted if clip.name not in names]
        return replace(
            fitted,
            standardiser=_moved(fitted.standardiser, found.features),
            recalibration=found,
            calibration=calibration,
            threshold=calibration.threshold(self.config.false_alarm_rate),
            sound=SoundRange.of(window.traits for clip in used for window in clip.usable_windows),
        )

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
        found = self.recalibration
        if found is None:
            return self
        back = None if found.features is None else -found.features
        return replace(
            self, standardiser=_moved(self.standardiser, back), recalibration=None, calibration=found.before()
        )


def _moved(standardiser: Standardiser | None, by: NDArray[np.float64] | None) -> Standardiser | None:
    """Return a standardiser that takes a shift of the features away first, where there is one."""
    return standardiser if by is None else Standardiser.moved(standardiser, by)
