"""Local density: how far a clip is from a training clip, measured by how crowded it is there."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Number, Numbers, OneOf
from offkey.detectors.base import STANDARDISED_MEAN, Contributions, Floats
from offkey.detectors.density import EXIT_RULE, learn_density, local_radius
from offkey.detectors.distances import Cloud, distances, divided
from offkey.detectors.memory import MEMORY, MEMORY_RULE, Remembering, remembered

__all__ = ["LocalDensity"]


class LocalDensity(Remembering):
    """Distance to the nearest training clip, normalised by the local density of the training clips.

    The radius of a training clip is its mean distance to its own `n_neighbors` nearest training clips. The score of a
    clip is the minimum, over all training clips, of its distance divided by their radius (``"ratio"``) or of its
    distance minus their radius (``"difference"``): K. Wilkinghoff, H. Yang, J. Ebbers, F. Germain, G. Wichern & J. Le
    Roux, "Local density-based anomaly score normalization for domain generalization", 2025, arXiv 2509.10951.

    VarMin weights the radius by the alpha that makes the scores of the training clips vary least: the distance minus
    alpha times the radius (``"varmin"``), or divided by the radius to the power of alpha, whose logarithm is ``log d -
    alpha log b`` (``"varmin_log"``). With cluster exits, the radius is the average over neighbours of the clip's own
    cluster (both arXiv 2602.18777, 2026; see `offkey.detectors.density`).

    Parameters
    ----------
    n_neighbors : int, default 8
        Number of neighbours in the average of the radius; all other training clips if there are fewer.
    form : {"ratio", "difference", "varmin", "varmin_log"}, default "ratio"
        Whether to divide the distance by the radius or to subtract the radius, and whether in full or by the share that
        VarMin finds.
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    exit_quantile : float or None, default None
        Quantile of a clip's ratios of distances below which its cluster ends; the paper uses 0.04. None to use all
        `n_neighbors`.

    Attributes
    ----------
    clips_ : ndarray of float, shape (n_clips, n_features)
        The training clips.
    radius_ : ndarray of float, shape (n_clips,)
        The radius of each.
    alpha_ : float
        The share of the radius that counts, with VarMin alone.
    """

    name = "local_density"
    assumes = "a normal clip is near one of those learnt, as near as is usual there"
    cost = "fit: m² d (m clips remembered); score: m d"
    asks = STANDARDISED_MEAN
    learnt: ClassVar = {
        "clips_": Numbers("clips features"),
        "radius_": Numbers("clips", positive=True),
        "alpha_": Number(optional=True),
    }
    rules: ClassVar = {
        "n_neighbors": Interval(int, 1),
        "form": OneOf(("ratio", "difference", "varmin", "varmin_log")),
        "memory": MEMORY_RULE,
        "exit_quantile": EXIT_RULE,
    }
    earlier: ClassVar = {"exit_quantile": None}

    def __init__(
        self,
        *,
        n_neighbors: int = 8,
        form: str = "ratio",
        memory: int = MEMORY,
        exit_quantile: float | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.form = form
        self.memory = memory
        self.exit_quantile = exit_quantile

    alpha_: float

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(X, self.memory))

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips
        vars(self).pop("alpha_", None)
        if self.form in ("ratio", "difference"):
            self.radius_ = local_radius(self.clips_, self.n_neighbors, self.exit_quantile)
            return
        self.radius_, share = learn_density(
            self.clips_, self.n_neighbors, logarithms=self.divides, exit_quantile=self.exit_quantile
        )
        self.alpha_ = float(share)

    def _score(self, X: Floats) -> Floats:
        if not self.divides:
            least: Floats = (distances(X, self.clips_) - self.counted()).min(axis=1)
            return least
        clips = self._derived("clips", lambda: Cloud(self.clips_, self.counted()))
        return clips.nearest(X, 1).distances[:, 0]

    @property
    def divides(self) -> bool:
        """Whether distances are divided by what counts of the radius, which is else subtracted."""
        return self.form in ("ratio", "varmin_log")

    def counted(self) -> Floats:
        """Return what counts of each radius."""
        alpha = vars(self).get("alpha_", 1.0)
        counted: Floats = self.radius_**alpha if self.divides else alpha * self.radius_
        return counted

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distance to the clip that counts; a radius that is subtracted is no feature's."""
        away, counted = distances(x[None], self.clips_)[0], self.counted()
        row = int(np.argmin(away / counted if self.divides else away - counted))
        parts, radius = divided(self.clips_[row] - x), float(counted[row])
        return Contributions(parts / radius) if self.divides else Contributions(parts, -radius)
