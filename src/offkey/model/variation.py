"""The variation of normal clips about the mean of their machine, for a new machine of which there are few clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Learnt, Numbers, check_forms
from offkey.detectors.memory import sampled

__all__ = ["MOST_KEPT", "Variation"]

MOST_KEPT = 400
"""Clips whose features a model keeps for this, drawn by content; further ones brought hardly anything."""


@dataclass(frozen=True)
class Variation:
    """The features of normal clips of one machine, each less the mean of its domain.

    `away`: shape (n_clips, n_features).
    """

    away: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float32], domains: ArrayLike | None = None) -> Variation:
        """Return that of features, shape (n_windows, n_features), and the domain of each, shape (n_windows,)."""
        names = np.zeros(len(vectors), int) if domains is None else np.asarray(domains)
        of_clip = np.unique(names, return_inverse=True)[1].reshape(len(vectors))
        means = np.stack([vectors[of_clip == one].mean(axis=0, dtype=np.float64) for one in range(of_clip.max() + 1)])
        away = (vectors - means[of_clip]).astype(np.float32)
        return cls(away[sampled(away, MOST_KEPT)])

    def check(self, n_features: int) -> None:
        """Check what was read from a file; a ParameterError says what does not fit."""
        check_forms("What is kept of how normal clips vary", _FORMS, self, {"features": n_features})


_FORMS: dict[str, Learnt] = {"away": Numbers("clips features")}
