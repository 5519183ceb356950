"""Sub-band density and local Mahalanobis distance in the same view of the same clips, from one comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from offkey.detectors.base import Detector, Floats
from offkey.detectors.local_mahalanobis import LocalMahalanobis, Neighbourhoods
from offkey.detectors.subband_density import SubBandDensity, SubBands
from offkey.detectors.views import Views, Whitened, by_domain, filled_up

__all__ = ["OfBlocks", "Pairs", "scored_together", "see_alike"]

OfBlocks: TypeAlias = Callable[[Sequence[Floats]], Floats]
"""Blocks of columns of clips, to the scores of two detectors for each block, shape (n_blocks, 2, n_clips)."""

_NUMBERS, _ROWS = 1 << 20, 256
"""Bounds in memory at a time, four megabytes; and blocks of clips whose neighbours are."""


def scored_together(pairs: Sequence[tuple[Detector, Detector]]) -> OfBlocks:
    """Return what scores clips by pairs of fitted detectors, each pair of a block of columns.

    `pairs`: the first of each are of one kind, have the same parameters and remember as many clips; so are the second.
    Returns: see `OfBlocks`; the clips must be checked.
    """
    firsts, seconds = zip(*pairs, strict=True)
    of_bands = [one for one in firsts if type(one) is SubBandDensity]
    of_places = [one for one in seconds if type(one) is LocalMahalanobis]
    if len(of_bands) == len(of_places) == len(pairs) and all(map(see_alike, of_bands, of_places)):
        return Pairs(of_bands, of_places)
    first, second = type(firsts[0]).together(firsts), type(seconds[0]).together(seconds)
    return lambda blocks: np.stack([first(blocks), second(blocks)], axis=1)


class Pairs:
    """Pairs of fitted detectors, each pair of a block of columns, that score clips in one go.

    What bounds the squared distances in groups of bands from below bounds, as a sum over the groups, that in all of
    them: the clips near in a block cost no comparison of their own.

    `of_places`: they see clips as those do, one by one. All of a kind have the same parameters and as many clips.
    """

    def __init__(self, of_bands: Sequence[SubBandDensity], of_places: Sequence[LocalMahalanobis]) -> None:
        self._views, self._moves = Views(of_bands), by_domain(of_bands)
        self._bands, self._places = SubBands(of_bands), Neighbourhoods(of_places)
        clouds, places = self._bands.clouds, self._places.clouds
        self._units = ((clouds.units * (clouds.reach / places.reach)) ** 2).astype(np.float32)[:, None]

    def __call__(self, blocks: Sequence[Floats]) -> Floats:
        """Return the scores of clips, of which each pair sees a block of columns.

        `blocks`: shape (n_clips, n_columns).
        Returns: shape (n_pairs, 2, n_clips).
        """
        X = filled_up(blocks)
        step = max(1, min(_NUMBERS // self._units.size, _ROWS // len(X)))
        chunks = [X[:, start : start + step] for start in range(0, X.shape[1], step)]
        return np.concatenate(
            [np.min([self._scores(self._views(chunk - move)) for move in self._moves], axis=0) for chunk in chunks],
            axis=2,
        )

    def _scores(self, seen: Floats) -> Floats:
        groups = self._bands.groups(seen)
        bounds = self._bands.clouds.bounds(groups)
        of_groups = (bounds * self._units).reshape(len(bounds), -1)
        with np.errstate(invalid="ignore"):  # of what is too large for single precision
            of_blocks = (self._bands.of_detector @ of_groups).reshape(len(seen), *bounds.shape[1:])
        near = self._bands.clouds.nearest_by(bounds, groups, self._bands.n_nearest)
        near_in_all = self._places.clouds.nearest_by(of_blocks, seen, self._places.k)
        return np.stack([self._bands.scores(near), self._places.scores(seen, near_in_all)], axis=1)


def see_alike(one: Whitened, other: Whitened) -> bool:
    """Tell whether two detectors compare clips with the same ones in the same view."""
    learnt = ("mean_", "spread_", "axes_", "gains_", "clips_", "moves_")
    return one.whitening == other.whitening and all(
        np.array_equal(getattr(one, name, 0), getattr(other, name, 0)) for name in learnt
    )
