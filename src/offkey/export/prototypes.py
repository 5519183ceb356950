"""Models that remember fewer clips: prototypes in their place, and scores that still mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.decision import ByLength, Calibration
from offkey.decision.by_length import mapped
from offkey.decision.recalibrated import spread
from offkey.detectors.base import Detector, Floats
from offkey.detectors.folds import fold_numbers
from offkey.detectors.fused import Fused
from offkey.detectors.joining import scale
from offkey.detectors.memory import MEMORY_RULE, Remembering
from offkey.detectors.paired import TINY
from offkey.errors import ExportError
from offkey.evaluation.metrics import auc
from offkey.model.model import Model
from offkey.work.library_threads import one_blas_thread

__all__ = ["HeldOut", "held_out_scores", "smaller_fused", "with_memory"]

_FOLDS = 20
_SHARE, _RISE = 8, 1.5  # a planted fault raises or lowers one column in eight, by so many standard deviations


class HeldOut(NamedTuple):
    """Scores of the clips that a detector remembers, and of the same with a fault, each by copies that do not know it.

    All of shape (n_clips,).
    """

    before: Floats  # by copies that remember as many clips as the detector may
    after: Floats  # by copies that remember prototypes
    faulty_before: Floats
    faulty_after: Floats

    def areas(self) -> tuple[float, float]:
        """Return the AUC of the planted faults before and after."""
        n = len(self.before)
        labels = np.repeat([0, 1], n)
        before = auc(labels, np.concatenate([self.before, self.faulty_before]))
        return float(before), float(auc(labels, np.concatenate([self.after, self.faulty_after])))


def with_memory(model: Model, memory: int) -> tuple[Model, list[str]]:
    """Return a model that remembers fewer clips, and what is to be said of it.

    The prototypes are the means of groups by k-means. Clips are then farther from all that is remembered, and score
    otherwise. So the clips of the model are held out once more, ten or twenty folds of them one after the other, and
    scored by what the others leave in memory with and without prototypes. The scores of `fused` are kept where they
    were: of each member, centre and spread of the logarithm are moved by what the held-out ones moved. For other
    detectors the normal scores of the calibration are mapped rank by rank from the one to the other (equipercentile
    equating: M. J. Kolen & R. L. Brennan, "Test Equating, Scaling, and Linking", 3rd ed., 2014, section 2.3). What the
    calibration knows of recordings, near copies and groups stays in it.

    Parameters
    ----------
    model : Model
        Fitted.
    memory : int
        The most clips that a detector, and each member of `fused`, remembers, 16 or more.

    Returns
    -------
    smaller : Model
        The model itself where it remembers no more clips, or none.
    notes : list of str
        Sentences: how many clips were there, and how far held-out clips keep their order; or that nothing changes.

    Raises
    ------
    ExportError
        If `memory` is less than 16, or the detector remembers clips in another way.
    """
    if not MEMORY_RULE.holds(memory):
        raise ExportError(
            f"A smaller model remembers {MEMORY_RULE.low} prototypes or more. Got --memory {memory} instead."
        )
    detector = model.detector
    with one_blas_thread():
        if isinstance(detector, Fused):
            members = [one for one in (*detector.members_, *detector.angle_) if isinstance(one, Remembering)]
            if all(len(one.clips_) <= memory for one in members):
                return model, [_unchanged(model, memory)]
            smaller, areas = smaller_fused(detector, memory)
            return replace(model, detector=smaller), [_note(max(len(one.clips_) for one in members), memory, areas)]
        if not isinstance(detector, Remembering):
            return _without_memory(model), [_unchanged(model, memory)]
        if len(detector.clips_) <= memory:
            return model, [_unchanged(model, memory)]
        found = held_out_scores(detector, memory)
        note = _note(len(detector.clips_), memory, [found.areas()])
        return _equated(replace(model, detector=detector.smaller(memory)), found), [note]


def held_out_scores(detector: Remembering, memory: int) -> HeldOut:
    """Return scores of the clips that a detector remembers by copies without them, before and after.

    Clips stand in the order of digests of their recordings, windows of one recording side by side: a fold is a stretch
    of them, so that hardly a window is scored by a copy that knows others of its recording.
    """
    rows = detector.known_rows()
    both = np.stack([rows, _with_faults(rows)])
    found = np.empty((4, len(rows)))
    stretches = fold_numbers(len(rows), min(_FOLDS, len(rows)), groups=_stretches(len(rows)))
    for number in range(int(stretches.max()) + 1):
        out = stretches == number
        copy = type(detector)(**detector.params()).fit(rows[~out])
        fewer, tested = copy.smaller(memory), both[:, out].reshape(-1, rows.shape[1])
        found[:, out] = np.concatenate([one.score(tested).reshape(2, -1) for one in (copy, fewer)])
    before, faulty_before, after, faulty_after = found
    return HeldOut(before, after, faulty_before, faulty_after)


def _with_faults(rows: Floats) -> Floats:
    """Return rows of each of which an eighth of the columns, side by side, is higher or lower than usual."""
    n, d = rows.shape
    rng, width = np.random.default_rng(0), max(1, d // _SHARE)
    within = np.arange(d) - rng.integers(d - width + 1, size=(n, 1))
    raised = (within >= 0) & (within < width)
    faulty: Floats = rows + raised * rng.choice([-_RISE, _RISE], size=(n, 1)) * rows.std(axis=0)
    return faulty


def _stretches(n: int) -> NDArray[np.intp]:
    """Return the stretch of each of `n` rows, twenty in all or as many as there are rows."""
    return np.arange(n) * min(_FOLDS, n) // n


def smaller_fused(detector: Fused, memory: int) -> tuple[Fused, list[tuple[float, float]]]:
    """Return the join of smaller members, in units that moved as their held-out scores did, and each one's areas."""
    smaller = type(detector)(**detector.params())
    vars(smaller).update({name: value for name, value in vars(detector).items() if name.endswith("_")})
    units, areas = detector.member_scale_.copy(), list[tuple[float, float]]()

    def fewer(member: Detector, number: int) -> Detector:
        if not isinstance(member, Remembering):
            raise ExportError(f"The member '{member.name}' of 'fused' has no prototypes: export it without --memory.")
        if len(member.clips_) <= memory:
            return member
        found = held_out_scores(member, memory)
        before, after = (scale(np.log(np.maximum(scores, TINY))[:, None])[:, 0] for scores in found[:2])
        units[:, number] = units[0, number] + after[0] - before[0], units[1, number] * after[1] / before[1]
        areas.append(found.areas())
        return member.smaller(memory)

    n = len(detector.members_)
    smaller.members_ = [fewer(member, number) for number, member in enumerate(detector.members_)]
    smaller.angle_ = [fewer(member, n + number) for number, member in enumerate(detector.angle_)]
    smaller.member_scale_ = units
    return smaller, areas


def _equated(model: Model, found: HeldOut) -> Model:
    """Return a model with all scores that it knows brought to what the clips would score now."""
    before, after = np.sort(found.before), np.sort(found.after)

    def now(scores: Floats) -> Floats:
        return mapped(scores, before, after)

    calibration = Calibration(now(model.calibration.normal_scores), model.calibration.worth)
    recalibration = model.recalibration
    if recalibration is not None:
        scores = now(recalibration.normal_scores)
        wider = spread(scores) / (spread(recalibration.normal_scores) or 1.0)
        move = replace(recalibration.move, offset=recalibration.move.offset * wider)
        recalibration = replace(recalibration, normal_scores=scores, move=move)
        calibration = recalibration.calibration()
    threshold, rate = model.threshold, model.threshold.false_alarm_rate
    is_promised = threshold == model.calibration.threshold(rate)
    moved = replace(threshold, value=float(now(np.array([threshold.value]))[0]))
    learnt, by_length = model.learnt, model.by_length
    return replace(
        model,
        calibration=calibration,
        recalibration=recalibration,
        threshold=calibration.threshold(rate) if is_promised else moved,
        learnt=None if learnt is None else replace(learnt, scores=now(learnt.scores)),
        by_length=None if by_length is None else ByLength.of(by_length.shares, now(by_length.scores)),
    )


def _without_memory(model: Model) -> Model:
    """Return a model that has no memory that could be smaller; refuse one that has, but no prototypes."""
    detector = model.detector
    if hasattr(detector, "clips_") or hasattr(detector, "members_"):
        raise ExportError(
            f"The detector '{detector.name}' of this model has no prototypes, so --memory cannot make it smaller: "
            "fit the model again, with 'fused' or 'knn'."
        )
    return model


def _unchanged(model: Model, memory: int) -> str:
    return f"--memory {memory} changes nothing: '{model.detector.name}' keeps no more than {memory} normal clips here."


def _note(clips: int, memory: int, areas: list[tuple[float, float]]) -> str:
    """Say what became of the clips, and what that costs."""
    before, after = np.mean(areas, axis=0)
    return (
        f"It compares with {memory:,} prototypes in place of {clips:,} normal clips: faults that were planted in the "
        f"features of held-out clips have an AUC of {after:.3f}, and had {before:.3f}."
    )
