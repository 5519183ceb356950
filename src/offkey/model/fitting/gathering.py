"""Gathering for a fit: the feature vectors of clips, each with its clip, and the clips left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.errors import AudioError
from offkey.hearing.batch import Batch
from offkey.hearing.identity import digest_of_all
from offkey.model.fitted_on import FittedOn

__all__ = ["FEWEST_CLIPS", "FEW_CLIPS", "check_differ", "gather"]

FEWEST_CLIPS = 5
"""Fewer feature vectors than this cannot be fitted."""

FEW_CLIPS = 20
"""Fewer feature vectors than this are fitted, with a warning."""

_ROUNDING = 1e-6  # of the largest feature; differences below it are those of single precision


def gather(batch: Batch, copies: Sequence[tuple[str, str]]) -> FittedOn:
    """Return what was learnt from, and what was left out.

    `copies`: those that are left out because they are copies, as in `Distinct`.
    """
    left_out, used = batch.failures, [batch.clips[number].digest for number in batch.usable_clips]
    if len(batch) < FEWEST_CLIPS:
        reasons = [f"{len(copies)} are copies of others, which sound exactly the same"] if copies else []
        reasons += [f"the first reason: {left_out[0][1].removesuffix('.')}"] if left_out else []
        found = f"{len(batch)} among {len(batch.clips) + len(copies)}"
        raise AudioError(
            f"Too few normal clips to fit: expected at least {FEWEST_CLIPS} that can be used, better {FEW_CLIPS} or "
            f"more, found {'; '.join([found, *reasons])}."
        )
    return FittedOn(
        clips=len(used),
        windows=len(batch),
        seconds=round(sum(batch.seconds), 3),
        digest=digest_of_all(used),
        left_out=tuple(left_out),
    )


def check_differ(batch: Batch) -> None:
    """Refuse features that are the same for all clips: by them every sound is as normal as any other."""
    vectors = batch.vectors
    if len(vectors) >= FEWEST_CLIPS and np.ptp(vectors, axis=0).max() <= _ROUNDING * np.abs(vectors).max():
        raise AudioError(
            f"All {len(vectors)} normal clips have the same features, from which nothing can be learnt: expected "
            "recordings of a machine at work, found sound that is always equal, or too quiet to be told from silence; "
            "check the recordings, their level and full scale."
        )
