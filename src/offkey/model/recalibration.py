"""The recalibration of a model from a few new normal clips: how far features and scores moved since the fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from offkey.decision import Calibration, Move, Recalibrated
from offkey.decision.recalibrated import location, spread
from offkey.errors import AudioError, ParameterError
from offkey.hearing.batch import Batch, ClipFeatures, highest
from offkey.hearing.identity import digest_of_all

__all__ = ["FEWEST", "Recalibration", "recalibration_of"]

Floats = NDArray[np.float64]
Scores = Callable[[NDArray[np.float32], list[float]], Floats]
"""Features and lengths in seconds of windows, to their anomaly scores by the detector as it was fitted."""

FEWEST = 5
"""Fewer new clips than this cannot recalibrate a model."""

ENOUGH = 10
"""Fewer new clips than this do, with a note."""

_GAIN = 1.0  # spreads by which scores must fall before features are moved, so that a centre of few clips does not harm
_FAR = 5.0  # spreads beyond the others, from where on a clip is not taken to be normal


@dataclass(frozen=True)
class Recalibration:
    """The new normal clips that a model was recalibrated from, and what moved.

    `when`: date and time (UTC) in ISO 8601.
    `clips`, `windows`, `digest`: number of recordings and of their windows, and their SHA-256 as in `FittedOn`.
    `left_out`: name and reason of each clip that could not be used, or is unlike the others.
    `move`: how far the scores moved, after the features were moved back.
    `normal_scores`, `worth`: shape (n,); the cross-validated scores before, and how many clips they were worth; None
        where they were worth as many as there are.
    `features`: shape (n_features,); how far the features moved, which is taken away before a clip is scored; None where
        that would not have brought the new clips nearer.
    """

    when: str
    clips: int
    windows: int
    digest: str
    left_out: tuple[tuple[str, str], ...]
    move: Move
    normal_scores: Floats
    features: NDArray[np.float64] | None = None
    worth: int | None = None

    def calibration(self) -> Recalibrated:
        """Return what follows for p-values and thresholds."""
        return Recalibrated(self.normal_scores, self.move)

    def before(self) -> Calibration:
        """Return the calibration of the fit."""
        return Calibration(self.normal_scores, self.worth)

    def about(self) -> dict[str, Any]:
        """Return what people are told of it, as JSON values."""
        return {
            "when": self.when,
            "clips": self.clips,
            "windows": self.windows,
            "digest": self.digest,
            "score_offset": self.move.offset,
            "spread_ratio": self.move.ratio,
            "features_moved": self.features is not None,
            "left_out": [list(one) for one in self.left_out],
        }

    def notes(self, false_alarm_rate: float) -> list[str]:
        """Say what was learnt, and what it promises."""
        reasons = (why if name in why else f"{name}: {why}" for name, why in self.left_out)
        notes = [f"Left out of the recalibration: {reason}" for reason in reasons]
        if self.clips < ENOUGH:
            notes.append(f"Only {self.clips} new clips: {ENOUGH} or more tell what normal clips score now.")
        if self.features is not None:
            notes.append("The features of new clips are moved back to those learnt before they are scored.")
        return [*notes, self.calibration().describe(false_alarm_rate)]

    def state(self) -> dict[str, Any]:
        """Return what stands in a model file."""
        return {**vars(self), "move": asdict(self.move), "left_out": [list(one) for one in self.left_out]}

    @classmethod
    def from_state(cls, state: dict[str, Any], n_features: int) -> Self:
        """Return what `state` describes, checked; a ParameterError says that it is damaged."""
        try:
            left_out = tuple((str(name), str(why)) for name, why in state["left_out"])
            made = cls(**{**state, "left_out": left_out, "move": Move(**state["move"])})
            counts = all(isinstance(one, int) and one > 0 for one in (made.clips, made.windows, made.move.clips))
            texts = isinstance(made.when, str) and isinstance(made.digest, str)
            fits = counts and texts and (made.features is None or _finite(made.features, n_features))
            made.before()
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ParameterError(f"What is kept of the recalibration is damaged: {error}.") from error
        if not fits:
            raise ParameterError("What is kept of the recalibration is damaged: its counts or features do not fit.")
        return made


def recalibration_of(
    extracted: list[ClipFeatures],
    scores: Scores,
    calibration: Calibration,
    learnt: Callable[[str], bool],
    centre: NDArray[np.float64] | None,
) -> Recalibration:
    """Learn from new normal clips how far they moved.

    The scores of each clip are taken as the centre of the *others* moves it, so that no clip vouches for itself. The
    features are moved only where this brings the scores down by their spread: else the centre of so few clips
    would add its own error.

    `scores`: of the detector, as it was fitted.
    `calibration`: of the fit.
    `learnt`: tells of a digest whether the model was fitted on that recording.
    `centre`: shape (n_features,); of the features learnt; None where it is not known.
    """
    known = [
        (clip.name, "the model learnt from it, so that it scores low") for clip in extracted if learnt(clip.digest)
    ]
    batch = Batch(clip for clip in extracted if not learnt(clip.digest))
    left_out = [*batch.failures, *known]
    _check_enough(batch, left_out, len(extracted))
    features, new = _moved(batch, scores, calibration, centre)
    while odd := _odd(batch, new, calibration):
        left_out += [(batch.clips[one].name, "it scores far beyond the other new clips: listen to it") for one in odd]
        batch = Batch(clip for number, clip in enumerate(batch.clips) if number not in odd)
        _check_enough(batch, left_out, len(extracted))
        features, new = _moved(batch, scores, calibration, centre)
    used = batch.usable_clips
    return Recalibration(
        when=datetime.now(UTC).isoformat(timespec="seconds"),
        clips=len(used),
        windows=len(batch),
        digest=digest_of_all([batch.clips[number].digest for number in used]),
        left_out=tuple(left_out),
        move=Move.between(calibration.normal_scores, new, len(used)),
        normal_scores=calibration.normal_scores,
        features=features,
        worth=calibration.worth,
    )


def _check_enough(batch: Batch, left_out: list[tuple[str, str]], given: int) -> None:
    """Refuse fewer clips than tell where normal ones lie."""
    if len(batch.usable_clips) >= FEWEST:
        return
    first = f"; the first reason: {left_out[0][0]}: {left_out[0][1].removesuffix('.')}" if left_out else ""
    raise AudioError(
        f"Too few new normal clips to recalibrate: expected at least {FEWEST} that can be used, better {ENOUGH} or "
        f"more, found {len(batch.usable_clips)} among {given}{first}."
    )


def _odd(batch: Batch, scores: Floats, calibration: Calibration) -> list[int]:
    """Return the numbers of clips that score far beyond the other new ones: a fault must not pass for a new day."""
    of_clips = highest(scores, batch.recording)
    middle = float(np.median(of_clips))
    usual = max(spread(calibration.normal_scores), float(np.quantile(np.abs(of_clips - middle), 0.68)))
    return [int(number) for number in batch.usable_clips[of_clips > middle + _FAR * usual]]


def _moved(
    batch: Batch, scores: Scores, calibration: Calibration, centre: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64] | None, Floats]:
    """Return how far the features moved, None where they stay; and the scores of the new clips."""
    as_they_are = scores(batch.vectors, batch.seconds)
    if centre is None:
        return None, as_they_are
    rows = batch.rows
    means = np.array([batch.vectors[rows[number]].mean(axis=0, dtype=np.float64) for number in batch.usable_clips])
    others = (means.sum(axis=0) - means) / (len(means) - 1) - centre
    of_window = others[np.searchsorted(batch.usable_clips, batch.recording)]
    moved = scores((batch.vectors - of_window).astype(np.float32), batch.seconds)
    usual = spread(calibration.normal_scores)
    if location(as_they_are) - location(moved) <= _GAIN * usual:
        return None, as_they_are
    return means.mean(axis=0) - centre, moved


def _finite(values: Any, n: int) -> bool:
    return (
        isinstance(values, np.ndarray)
        and values.shape == (n,)
        and values.dtype.kind == "f"
        and bool(np.isfinite(values).all())
    )
