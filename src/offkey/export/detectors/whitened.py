"""Detectors that compare clips in a whitened view, in groups of bands or as a whole: graphs of their scores."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.detectors.band_agreement import BandAgreement
from offkey.detectors.distances import Groups
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.pairs import see_alike
from offkey.detectors.subband_density import SubBandDensity, top_weights
from offkey.detectors.views import Whitened
from offkey.export.detectors.arithmetic import number, product, sums, whole
from offkey.export.detectors.flatness import System, flat_distances, neighbour_system
from offkey.export.detectors.nearest import Remembered
from offkey.graph import Builder

__all__ = ["band_agreement_nodes", "local_mahalanobis_nodes", "pair_nodes", "subband_density_nodes"]


def subband_density_nodes(b: Builder, detector: SubBandDensity, features: str) -> str:
    """Add the mean distance of `SubBandDensity` in the groups where it is highest."""
    groups = Groups(detector.columns())
    rows = _grouped(b, _view(b, detector, features), groups)
    clips = Remembered(b, groups(detector.clips_), detector.radius_)
    return _highest(b, detector, clips.nearest(rows, detector.n_nearest))


def local_mahalanobis_nodes(b: Builder, detector: LocalMahalanobis, features: str) -> str:
    """Add the distance of `LocalMahalanobis` to the nearest clips."""
    rows = b("Unsqueeze", _view(b, detector, features), whole(b, 0))
    clips = Remembered(b, detector.clips_[None])
    squares = sums(b, clips.squares(rows), 0)
    return flat_distances(b, [neighbour_system(b, detector, clips, rows, squares)])[0]


def pair_nodes(b: Builder, of_bands: SubBandDensity, of_place: LocalMahalanobis, features: str) -> tuple[str, System]:
    """Add the score of the first of a pair, and what that of the second follows from; clips are compared once."""
    if not see_alike(of_bands, of_place):
        rows = b("Unsqueeze", _view(b, of_place, features), whole(b, 0))
        clips = Remembered(b, of_place.clips_[None])
        system = neighbour_system(b, of_place, clips, rows, sums(b, clips.squares(rows), 0))
        return subband_density_nodes(b, of_bands, features), system
    groups = Groups(of_bands.columns())
    rows = _grouped(b, _view(b, of_bands, features), groups)
    clips = Remembered(b, groups(of_bands.clips_), of_bands.radius_)
    squares = clips.squares(rows)
    places = clips.least(clips.in_units(squares), of_bands.n_nearest)
    score = _highest(b, of_bands, clips.distances(rows, places))
    return score, neighbour_system(b, of_place, clips, rows, sums(b, squares, 0))


def band_agreement_nodes(b: Builder, detector: BandAgreement, features: str) -> str:
    """Add the mean over groups of `BandAgreement`, each in units of its own scores."""
    groups = Groups(detector.columns())
    clips = Remembered(b, groups(detector.clips_), detector.roots_)
    away = sums(b, clips.nearest(_grouped(b, features, groups), 1), 2)
    above = b("Sub", away, number(b, detector.centre_[:, None]))
    return b("ReduceMean", b("Div", above, number(b, detector.spread_[:, None])), axes=[0], keepdims=0)


def _view(b: Builder, detector: Whitened, features: str) -> str:
    """Return features, shape (batch, d), in the view of a detector."""
    centred = b("Sub", features, number(b, detector.mean_))
    standard = b("Div", centred, number(b, detector.spread_))
    along = b("Mul", product(b, standard, detector.axes_), number(b, detector.gains_))
    turned = b("MatMul", along, number(b, detector.axes_))
    return b("Add", b("Div", standard, number(b, detector.whitening)), turned)


def _grouped(b: Builder, rows: str, groups: Groups) -> str:
    """Return groups of columns, shape (n_groups, batch, width), of rows, shape (batch, d)."""
    index = b.weight(groups.index)
    stack = b("Gather", rows, index, axis=1)
    if groups.outside is not None:
        stack = b("Mul", stack, number(b, ~groups.outside))
    return b("Transpose", stack, perm=[1, 0, 2])


def _highest(b: Builder, detector: SubBandDensity, away: str) -> str:
    """Return the mean over the highest groups of distances, shape (n_groups, batch, k), averaged over the last axis."""
    weights: Sequence[float] = top_weights(len(detector.columns()), detector.share).tolist()
    of_groups = b("ReduceMean", away, axes=[2], keepdims=0)
    counted = whole(b, sum(weight > 0 for weight in weights))
    highest = b("TopK", of_groups, counted, axis=0, largest=1, sorted=0, outputs=2)[0]
    return b("ReduceMean", highest, axes=[0], keepdims=0)
