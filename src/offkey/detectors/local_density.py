"""Local density: how far a clip is from a training clip, measured by how crowded it is there."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Numbers, OneOf
from offkey.detectors.base import Contributions, Detector, Floats
from offkey.detectors.density import local_radius
from offkey.detectors.distances import Cloud, distances, divided
from offkey.detectors.memory import MEMORY, MEMORY_RULE, remembered

__all__ = ["LocalDensity"]


class LocalDensity(Detector):
    """Distance to the nearest training clip, normalised by the local density of the training clips.

    The radius of a training clip is its mean distance to its own `n_neighbors` nearest training clips.
    A clip is scored by the least, over all training clips, of its distance divided by their radius
    (``"ratio"``) or of its distance minus their radius (``"difference"``): K. Wilkinghoff, H. Yang,
    J. Ebbers, F. Germain, G. Wichern & J. Le Roux, "Local density-based anomaly score normalization
    for domain generalization", 2025, arXiv 2509.10951.

    Parameters
    ----------
    n_neighbors : int, default 8
        Number of neighbours that the radius is averaged over; all other training clips where there are fewer.
    form : {"ratio", "difference"}, default "ratio"
        Whether the distance is divided by the radius or the radius subtracted from it.
    memory : int, default 2048
        Training clips that are compared with; more are joined in groups (see `offkey.detectors.memory`).
    """

    name = "local_density"
    assumes = "a normal clip is near one of those learnt, as near as is usual there"
    cost = "fit: m² d (m clips remembered); score: m d"
    learnt: ClassVar = {"clips_": Numbers("clips features"), "radius_": Numbers("clips", positive=True)}
    rules: ClassVar = {
        "n_neighbors": Interval(int, 1),
        "form": OneOf(("ratio", "difference")),
        "memory": MEMORY_RULE,
    }

    def __init__(self, *, n_neighbors: int = 8, form: str = "ratio", memory: int = MEMORY) -> None:
        self.n_neighbors = n_neighbors
        self.form = form
        self.memory = memory

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self.clips_ = remembered(X, self.memory)
        self.radius_ = local_radius(self.clips_, self.n_neighbors)

    def _score(self, X: Floats) -> Floats:
        if self.form == "difference":
            least: Floats = (distances(X, self.clips_) - self.radius_).min(axis=1)
            return least
        clips = self._derived("clips", lambda: Cloud(self.clips_, self.radius_))
        return clips.nearest(X, 1).distances[:, 0]

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distance to the clip that counts; a radius that is subtracted is no feature's."""
        away = distances(x[None], self.clips_)[0]
        is_ratio = self.form == "ratio"
        row = int(np.argmin(away / self.radius_ if is_ratio else away - self.radius_))
        parts, radius = divided(self.clips_[row] - x), float(self.radius_[row])
        return Contributions(parts / radius) if is_ratio else Contributions(parts, -radius)
