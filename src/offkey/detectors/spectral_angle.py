"""Spectral angle: how far the shape of a spectrum is from that of the training clip most like it."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Numbers
from offkey.detectors.base import Contributions, Floats
from offkey.detectors.memory import MEMORY, MEMORY_RULE, Remembering, remembered

__all__ = ["MAGNITUDE_DB", "SpectralAngle", "directions"]

MAGNITUDE_DB = 20.0  # of ten times the magnitude
_ROWS = 256  # clips whose angles are held at a time


class SpectralAngle(Remembering):
    """One minus the cosine between the magnitudes of a clip and those of the most similar training clip.

    Features are levels in dB, in one or several blocks of bands. The angle between two spectra does not depend on
    loudness, and magnitudes emphasise the bands in which a machine is louder than its noise (F. A. Kruse et al., "The
    spectral image processing system (SIPS)", Remote Sensing of Environment 44, 1993, section 4.3).

    Parameters
    ----------
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    """

    name = "spectral_angle"
    assumes = "features are levels in dB; a fault changes the shape of the spectrum where it is loud"
    cost = "fit: none; score: m d (m clips remembered)"
    learnt: ClassVar = {"clips_": Numbers("clips features")}
    rules: ClassVar = {"memory": MEMORY_RULE}
    takes_levels = True

    def __init__(self, *, memory: int = MEMORY) -> None:
        self.memory = memory

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(directions(X), self.memory))

    def known_rows(self) -> Floats:
        """Return levels in dB whose directions are those remembered; their loudness is not known."""
        rows: Floats = MAGNITUDE_DB * np.log10(np.maximum(self.clips_, np.finfo(float).tiny))
        return rows

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips

    def _score(self, X: Floats) -> Floats:
        seen = directions(X)
        least = [1 - (seen[start : start + _ROWS] @ self.clips_.T).max(axis=1) for start in range(0, len(X), _ROWS)]
        score: Floats = np.maximum(np.concatenate(least), 0.0)
        return score

    def _contributions(self, x: Floats) -> Contributions:
        """Divide half the squared distance of the directions, which is one less the cosine."""
        seen = directions(x[None])[0]
        nearest = self.clips_[int(np.argmax(self.clips_ @ seen))]
        halves = (seen - nearest) ** 2 / 2
        return Contributions(halves, float(self._score(x[None])[0] - halves.sum()))


def directions(levels_db: Floats) -> Floats:
    """Return magnitudes as rows of length one; the loudest band of each clip bounds them, so that none overflows."""
    magnitudes = 10 ** ((levels_db - levels_db.max(axis=1, keepdims=True)) / MAGNITUDE_DB)
    rows: Floats = magnitudes / np.linalg.norm(magnitudes, axis=1, keepdims=True)
    return rows
