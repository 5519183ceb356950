"""Recordings of noise alone, used: the directions in which noise moves features do not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.hearing.batch import Batch, ClipFeatures

__all__ = ["FEWEST", "without_noise"]

FEWEST = 8
"""Fewer clips of noise than this give no directions."""

_DIRECTIONS = 4
"""Chosen on synthetic machines in real factory noise; 2 and 8 do nearly as well, see docs/choices.md."""

Floats: TypeAlias = NDArray[np.float64]


def without_noise(
    noise: Sequence[ClipFeatures], train: Sequence[ClipFeatures], test: Sequence[ClipFeatures]
) -> tuple[list[ClipFeatures], list[ClipFeatures]]:
    """Take the leading directions of noise out of the features of clips.

    Nuisance attribute projection: A. Solomonoff, W. Campbell & I. Boardman, "Advances in channel compensation
    for SVM speaker recognition", ICASSP 2005; here the nuisance is the noise around the machine, and the
    directions are the first principal components of clips of noise alone. Features count in units of
    their standard deviation over the training clips.

    Returns `train, test`: the same clips; their vectors lie in the subspace that is left. Unchanged where fewer than
        `FEWEST` clips of noise or 2 training clips can be used.
    """
    of_noise, of_train = _vectors(noise), _vectors(train)
    if len(of_noise) < FEWEST or len(of_train) < 2:
        return list(train), list(test)
    spread = of_train.std(axis=0)
    unit = np.where(spread > 0, spread, 1.0)
    scaled = of_noise / unit
    directions: Floats = np.linalg.svd(scaled - scaled.mean(axis=0), full_matrices=False)[2][:_DIRECTIONS]
    return [_projected(clip, directions, unit) for clip in train], [_projected(clip, directions, unit) for clip in test]


def _vectors(clips: Sequence[ClipFeatures]) -> Floats:
    """Return the features of all windows that have any, shape (n_windows, n_features)."""
    return Batch(clips).vectors.astype(np.float64)


def _projected(clip: ClipFeatures, directions: Floats, unit: Floats) -> ClipFeatures:
    windows = []
    for window in clip.windows:
        vector = window.vector
        if vector is not None:
            scaled = vector / unit
            vector = ((scaled - directions.T @ (directions @ scaled)) * unit).astype(np.float32)
        windows.append(replace(window, vector=vector))
    return replace(clip, windows=windows)
