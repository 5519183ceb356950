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
    windowing : Windowing
        Which recordings are cut, and how.
    lengths : Lengths, optional
        How long its normal clips are; None for models of earlier versions, which do not know.
    by_length : ByLength, optional
        What shorter normal clips score.
    fitted_on : FittedOn
        What it was fitted on.
    reference : Reference, optional
        How its normal clips sound, for explanations; None where nothing was kept of them.
    sound : SoundRange, optional
        What its recordings were like, to tell when others were recorded otherwise; None in earlier files.
    learnt : LearntClips, optional
        The recordings it was fitted on, with their cross-validated scores; None where they were not kept.
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
        """Return the same model with another threshold, whose false-alarm rate is what the normal scores say.

        Raises
        ------
        ParameterError
            If the value is not finite.
        """
        return replace(self, threshold=self.calibration.at(value))

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
        if window_s is None:
            cut = self.windowing if hop_s is None else replace(self.windowing, hop_s=hop_s)
        else:
            cut = Windowing.every(window_s, hop_s)
        given = {"window_s": window_s, "hop_s": hop_s}
        config = self.config.model_copy(update={key: value for key, value in given.items() if value is not None})
        lengths = None if self.lengths is None else self.lengths.cut_by(cut)
        return replace(self, config=config, windowing=cut, lengths=lengths)

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
