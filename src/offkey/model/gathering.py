"""What a fit learns from: the feature vectors of clips, each with its clip, and what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.distinct import Distinct
from offkey.model.fitted_on import FittedOn

__all__ = ["FEWEST_CLIPS", "FEW_CLIPS", "check_differ", "gather", "groups_of"]

FEWEST_CLIPS = 5
"""Fewer feature vectors than this cannot be fitted."""

FEW_CLIPS = 20
"""Fewer feature vectors than this are fitted, with a warning."""

_ROUNDING = 1e-6  # of the largest feature; differences below it are those of single precision

_PARTS = 10  # into which a long recording is cut for cross-validation where there are few recordings


def gather(once: Distinct) -> tuple[FittedOn, NDArray[np.float32], NDArray[np.intp]]:
    """Collect the feature vectors, shape (n, n_features), the number of the clip of each, and what was left out.

    Raises
    ------
    AudioError
        If there are fewer than `FEWEST_CLIPS` vectors.
    """
    vectors, of_clip, left_out, used, seconds = [], [], [], [], 0.0
    for number, clip in enumerate(once.heard):
        good = clip.usable
        left_out += [
            (_place(clip, window.start_s), str(window.error)) for window in clip.windows if window.vector is None
        ]
        vectors += [window.vector for window in good]
        of_clip += [number] * len(good)
        used += [clip.digest] if good else []
        seconds += sum(window.seconds for window in good)
    if len(vectors) < FEWEST_CLIPS:
        reasons = [f"{len(once.copies)} are copies of others, which sound exactly the same"] if once.copies else []
        reasons += [f"the first reason: {left_out[0][1].removesuffix('.')}"] if left_out else []
        found = f"{len(vectors)} among {len(once.heard) + len(once.copies)}"
        raise AudioError(
            f"Too few normal clips to fit: expected at least {FEWEST_CLIPS} that can be used, better {FEW_CLIPS} or "
            f"more, found {'; '.join([found, *reasons])}."
        )
    digest = hashlib.sha256("".join(sorted(used)).encode()).hexdigest()
    fitted_on = FittedOn(
        clips=len(used), windows=len(vectors), seconds=round(seconds, 3), digest=digest, left_out=tuple(left_out)
    )
    return fitted_on, np.array(vectors), np.array(of_clip)


def check_differ(heard: Sequence[ClipFeatures]) -> None:
    """Refuse features that are the same for all clips: by them every sound is as normal as any other.

    Raises
    ------
    AudioError
        If they are.
    """
    vectors = np.array([window.vector for clip in heard for window in clip.usable])
    if len(vectors) >= FEWEST_CLIPS and np.ptp(vectors, axis=0).max() <= _ROUNDING * np.abs(vectors).max():
        raise AudioError(
            f"All {len(vectors)} normal clips have the same features, from which nothing can be learnt: expected "
            "recordings of a machine at work, found sound that is always equal, or too quiet to be told from silence; "
            "check the recordings, their level and full scale."
        )


def groups_of(of_clip: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return what each vector is held out with: its clip; of a few long recordings, a tenth of its windows."""
    counts = [len(list(windows)) for _, windows in groupby(of_clip.tolist())]
    if len(counts) >= _PARTS:
        return of_clip
    part = np.concatenate([np.arange(count) * _PARTS // max(count, _PARTS) for count in counts])
    groups: NDArray[np.intp] = of_clip * _PARTS + part
    return groups


def _place(clip: ClipFeatures, start_s: float | None) -> str:
    return clip.name if len(clip.windows) == 1 or start_s is None else f"{clip.name} at {start_s:g} s"
