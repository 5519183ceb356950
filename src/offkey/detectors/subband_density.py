"""Sub-band density: local density in groups of adjacent bands, of which the most anomalous count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Numbers, OneOf
from offkey.detectors.base import Contributions, Floats
from offkey.detectors.density import EXIT_RULE, learn_density, local_radius
from offkey.detectors.distances import Cloud, Groups, Nearest, divided
from offkey.detectors.memory import MEMORY, MEMORY_RULE, remembered
from offkey.detectors.views import Whitened, filled_up
from offkey.errors import ParameterError

__all__ = ["SubBandDensity", "top_weights"]


class SubBandDensity(Whitened):
    """Normalised distance to the nearest training clips in each group of bands, averaged over the highest groups.

    Each group of adjacent features has its own nearest neighbours. A normal clip need not be like one training clip in
    all bands at once, and other bands do not hide a fault in a few. Matching by sub-bands follows "BEAM", 2026, arXiv
    2603.13749, normalised by local density as in `LocalDensity`; here on whitened features.

    An embedding that keeps bands (``keep_bands``) has each dimension once per frequency patch. A group is then all
    dimensions of one patch; the front end sets the number of patches.

    Parameters
    ----------
    group : int, default 16
        Approximate number of adjacent features in a group; all groups have about the same size.
    share : float, default 0.25
        Share of the groups, from the highest score down, that the score is averaged over; at least one group.
    whitening : float, default 0.5
        Constant added to the standard deviation along each principal axis before dividing by it.
    n_neighbors : int, default 4
        Number of neighbours in the average of a training clip's radius.
    n_nearest : int, default 3
        Number of smallest normalised distances in the average of a group's score.
    memory : int, default 2048
        Largest number of training clips to keep; more are merged into groups (see `offkey.detectors.memory`).
    form : {"ratio", "varmin_log"}, default "ratio"
        Whether to divide distances by the radius, or by the radius to the power that VarMin finds for each group, as in
        `LocalDensity`.
    exit_quantile : float or None, default None
        As in `LocalDensity`: quantile by which a clip's cluster ends; None to use all `n_neighbors`.
    frequency_patches : int or None, default None
        Number of frequency patches: feature k belongs to patch k modulo this number, and each patch is a group; `group`
        is then ignored. None for groups of adjacent features.
    """

    name = "subband_density"
    assumes = "the same in each group of bands by itself; a fault shows in some groups"
    cost = "fit: n d² + m² d (m clips remembered); score: m d"
    learnt: ClassVar = {"clips_": Numbers("clips features"), "radius_": Numbers("groups clips", positive=True)}
    rules: ClassVar = {
        "group": Interval(int, 1),
        "share": Interval(float, 0, 1, open_low=True),
        "whitening": Interval(float, 0, open_low=True),
        "n_neighbors": Interval(int, 1),
        "n_nearest": Interval(int, 1),
        "memory": MEMORY_RULE,
        "form": OneOf(("ratio", "varmin_log")),
        "exit_quantile": EXIT_RULE,
        "frequency_patches": Interval(int, 1, or_none=True),
    }
    earlier: ClassVar = {"form": "ratio", "exit_quantile": None, "frequency_patches": None}

    def __init__(
        self,
        *,
        group: int = 16,
        share: float = 0.25,
        whitening: float = 0.5,
        n_neighbors: int = 4,
        n_nearest: int = 3,
        memory: int = MEMORY,
        form: str = "ratio",
        exit_quantile: float | None = None,
        frequency_patches: int | None = None,
    ) -> None:
        self.group = group
        self.share = share
        self.whitening = whitening
        self.n_neighbors = n_neighbors
        self.n_nearest = n_nearest
        self.memory = memory
        self.form = form
        self.exit_quantile = exit_quantile
        self.frequency_patches = frequency_patches

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._remember(remembered(self._learn_view(X), self.memory))

    def _remember(self, clips: Floats) -> None:
        self.clips_ = clips
        groups = Groups(self.columns())(self.clips_)
        if self.form == "ratio":
            self.radius_ = local_radius(groups, self.n_neighbors, self.exit_quantile)
            return
        density = learn_density(groups, self.n_neighbors, logarithms=True, exit_quantile=self.exit_quantile)
        self.radius_ = density.radius ** density.share[:, None]

    @classmethod
    def _together_seen(cls, detectors: Sequence[Self]) -> SubBands:
        return SubBands(detectors)

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the distances in the groups that count among their whitened features, each as its own band.

        Of all features without correlation, those of the symmetric root are the most like the features
        themselves (P. Garthwaite & I. Koch, "Evaluating the contributions of individual variables to a quadratic
        form", Australian & New Zealand Journal of Statistics 58, 2016).
        """
        seen, values = self._view(x[None])[0], np.zeros(len(x))
        nearest = self._derived("score", lambda: SubBands([self])).nearest(seen[None, None])
        scores, columns = nearest.distances[:, 0].mean(axis=1), self.columns()
        weights = np.zeros(len(scores))
        weights[np.argsort(scores)[::-1]] = top_weights(len(scores), self.share)
        for number in np.flatnonzero(weights):
            part, rows = columns[number], nearest.rows[number, 0]
            parts = divided(self.clips_[rows, part] - seen[part]) / self.radius_[number, rows, None]
            values[part] = weights[number] * parts.mean(axis=0)
        return Contributions(values)

    def columns(self) -> list[slice]:
        """Return the groups: adjacent features, or those of one frequency patch."""
        patches = self.frequency_patches
        if patches is not None and self.n_features_ % patches:
            raise ParameterError(
                f"The 'frequency_patches' parameter of '{self.name}' must divide the number of features, "
                f"{self.n_features_}. Got {patches} instead."
            )
        if patches is not None:
            return [slice(one, self.n_features_, patches) for one in range(patches)]
        parts = np.array_split(np.arange(self.n_features_), max(1, round(self.n_features_ / self.group)))
        return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


class SubBands:
    """The groups of bands of several detectors, compared with the training clips in one go."""

    def __init__(self, detectors: Sequence[SubBandDensity]) -> None:
        self.n_nearest = detectors[0].n_nearest
        width = max(detector.n_features_ for detector in detectors)
        columns = [detector.columns() for detector in detectors]
        self._columns = Groups(
            [
                slice(part.start + number * width, part.stop + number * width, part.step)
                for number, parts in enumerate(columns)
                for part in parts
            ]
        )
        clips = self.groups(filled_up([detector.clips_ for detector in detectors]))
        units = np.concatenate([detector.radius_ for detector in detectors])
        self.clouds = Cloud(clips, units, summed=max(map(len, columns)) + 2)
        counts = np.array([len(parts) for parts in columns])
        self.of_detector = np.repeat(np.eye(len(detectors), dtype=np.float32), counts, axis=1)
        self._there = np.arange(counts.max()) < counts[:, None]
        self._weights = filled_up([top_weights(len(parts), detectors[0].share) for parts in columns])

    def __call__(self, seen: Floats) -> Floats:
        """Return the scores of clips in the views of the detectors; see `offkey.detectors.views.ScoreSeen`."""
        return self.scores(self.nearest(seen))

    def scores(self, nearest: Nearest) -> Floats:
        """Return the scores of clips, shape (n_detectors, n_clips), by the training clips nearest in each group."""
        scores = np.zeros((*self._there.shape, nearest.distances.shape[1]))
        scores[self._there] = nearest.distances.mean(axis=2)
        highest = np.sort(scores, axis=1)[:, ::-1]  # none is below 0, so those that are not there come last
        joined: Floats = np.einsum("dg,dgn->dn", self._weights, highest)
        return joined

    def nearest(self, seen: Floats) -> Nearest:
        """Return the training clips nearest in each group of bands, those of one detector after the other's."""
        return self.clouds.nearest(self.groups(seen), self.n_nearest)

    def groups(self, seen: Floats) -> Floats:
        """Return the groups of bands of clips in the views, shape (n_groups, n_clips, width)."""
        return self._columns(seen.transpose(1, 0, 2).reshape(seen.shape[1], -1))


def top_weights(n_groups: int, share: float) -> Floats:
    """Return the weights of groups, the highest first: a mean over some of them."""
    counted = max(1, round(share * n_groups))
    return (np.arange(n_groups) < counted) / counted
