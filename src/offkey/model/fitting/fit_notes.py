"""Sentences on a fit: outliers, clips that do not vouch, domains, and what the threshold promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.decision import Calibration, describe_realised
from offkey.detectors import Detector
from offkey.features import FrontEnd
from offkey.listing import listing
from offkey.model.fitting.gathering import FEW_CLIPS
from offkey.model.fitting.near_copies import gain_direction
from offkey.model.fitting.outliers import describe_outliers
from offkey.model.fitting.training_rows import TrainingRows

__all__ = ["calibration_notes", "clip_notes", "domain_notes"]


def clip_notes(rows: TrainingRows, X: NDArray[Any], *, front_end: FrontEnd, rate: int, detector: Detector) -> list[str]:
    """Say which clips count once, stand apart, or do not vouch for others.

    `X`: shape (n_rows, n_features); the features as the detector learnt them.
    """
    names, parts = rows.batch.names, front_end.parts(rate)
    louder = gain_direction(front_end, rate) if parts else None  # a network is not loaded for this alone
    return [
        *rows.once.notes(),
        *rows.sounds.notes(names),
        *describe_outliers(rows.vectors, rows.sounds.numbers, parts, louder, names),
        *_trimmed(detector, X, rows.domain, names),
    ]


def domain_notes(highest: str | None, counts: dict[str, int]) -> list[str]:
    """Say in which domain the threshold keeps its rate."""
    if highest is None:
        return []
    return [
        f"Normal clips of the domain '{highest}' score highest: the threshold keeps its rate there, as far as its "
        f"{counts[highest]} windows tell, and fewer normal clips of other domains alarm."
    ]


def calibration_notes(calibration: Calibration, false_alarm_rate: float, rows: TrainingRows) -> list[str]:
    """Say how many scores the threshold rests on, and what it promises."""
    normal, notes = len(calibration.normal_scores), []
    if normal < FEW_CLIPS:
        notes.append(f"Only {normal} normal clips: scores are a rough guide, {FEW_CLIPS} or more make a model.")
    recordings = len(np.unique(rows.sounds.groups(rows.batch.recording)))
    return [*notes, describe_realised(normal, false_alarm_rate, recordings=recordings, groups=rows.n_groups)]


def _trimmed(detector: Detector, X: NDArray[Any], domain: NDArray[np.str_] | None, names: Sequence[str]) -> list[str]:
    """Say which clips do not vouch for others, where they are few enough to listen to."""
    odd = list(dict.fromkeys(names[row] for row in detector.trimmed(X, domains=domain)))
    if not odd:
        return []
    are = "is" if len(odd) == 1 else "are"
    return [
        f"{len(odd)} of {len(X)} clips {are} least like the others. Such clips count for the threshold, but no clip is "
        f"compared with them, since a fault may be among them: {listing(odd)}."
    ]
