"""The default detector in C, on one block of levels: sub-band density, local Mahalanobis distance, spectral angle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.fused import Fused
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.paired import TINY
from offkey.detectors.spectral_angle import SpectralAngle
from offkey.detectors.subband_density import SubBandDensity
from offkey.errors import ExportError
from offkey.export.c.detectors.scoring import Scoring
from offkey.export.c.pieces import Member, Piece, Table

__all__ = ["fused"]

Floats = NDArray[np.float64]

_VIEW = ("mean_", "spread_", "axes_", "gains_", "whitening")
_ASKED = ("pooling=[1.0]", "lulls=false", "transients=false", "modulation=false", "cycle=false")
_MOST_NEIGHBORS = 32  # whose matrix lies in memory


def fused(detector: Fused) -> Scoring:
    """Return the evidence of one view by its three members; an ExportError says why there are others."""
    density, mahalanobis = _pair(detector)
    angles = [one for one in detector.angle_ if isinstance(one, SpectralAngle)]
    unit = density.spread_
    pieces = [
        _view(density),
        _density(density),
        _mahalanobis(mahalanobis),
        *(_angle(one, density) for one in angles),
        _join(detector),
        Piece(("dot", "square_apart", "exponential", "fused"), flags=frozenset({"angle"} if angles else ())),
    ]
    return Scoring(Piece.joined(pieces), density.mean_, np.zeros((1, detector.n_features_)), unit)


def _pair(detector: Fused) -> tuple[SubBandDensity, LocalMahalanobis]:
    """Return the members of the only view, which see the clips in the same way."""
    one, other = detector.members_[:2]
    if len(detector.members_) > 2 or detector.cycle_ is not None:
        asked = " ".join(f"--features-param {part}" for part in _ASKED)
        raise ExportError(
            f"The detector 'fused' goes to C on the mean of bands alone, without other views: fit with {asked}."
        )
    if any(len(getattr(member, "moves_", [0])) > 1 for member in (*detector.members_, *detector.angle_)):
        raise ExportError(
            "The detector 'fused' of several domains cannot go to C: fit on the clips of one domain, or with "
            "--detector local_density."
        )
    if isinstance(one, SubBandDensity) and isinstance(other, LocalMahalanobis) and one.frequency_patches is None:
        same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in _VIEW)
        if same and other.n_neighbors <= _MOST_NEIGHBORS:
            return one, other
    raise ExportError("The members of this 'fused' are not those that C has: fit it anew.")


def _view(member: SubBandDensity) -> Piece:
    """Return the matrix that whitens and turns back, as `offkey.detectors.views.Views` makes it: half of it."""
    d = member.n_features_
    turns = (member.axes_ * member.gains_[:, None]).T @ member.axes_ + np.eye(d) / member.whitening
    table = Table("turns_of_bands", turns[np.tril_indices(d)].astype(np.float32))
    return Piece(tables=(table,), state=(Member("seen", "float", "whitened features", ("OFFKEY_FEATURES",), d),))


def _density(member: SubBandDensity) -> Piece:
    groups = np.array_split(np.arange(member.n_features_), len(member.radius_))
    starts = np.array([*(int(group[0]) for group in groups), member.n_features_])
    n, n_groups = len(member.clips_), len(groups)
    return Piece(
        numbers={
            "N_CLIPS": n,
            "N_GROUPS": n_groups,
            "N_TOP": max(1, round(member.share * n_groups)),
            "N_NEAREST": min(member.n_nearest, n),
        },
        tables=(
            Table("clips", member.clips_.astype(np.float32)),
            Table("per_radius", (1 / member.radius_).astype(np.float32)),
            Table("group_starts", starts, "uint16_t"),
        ),
    )


def _mahalanobis(member: LocalMahalanobis) -> Piece:
    n = len(member.clips_)
    k = min(member.n_neighbors, n - 1)
    numbers: dict[str, str | float] = {
        "N_NEAR_CLIPS": n,
        "NEIGHBORS": k,
        "SHRINKAGE": float(member.shrinkage),
        "LEAST_VARIANCE": float(member.least_variance_),
    }
    tables = (Table("near_clips", member.clips_.astype(np.float32)), Table("usual", member.usual_.astype(np.float32)))
    axes = ("OFFKEY_NEIGHBORS", "OFFKEY_NEIGHBORS")
    inside = Member("inside", "float", "products of the nearest clips", axes, k * k)
    return Piece(sizes={"NEIGHBORS": k}, numbers=numbers, tables=tables, state=(inside,))


def _angle(member: SpectralAngle, view: SubBandDensity) -> Piece:
    shortness = (1 - (member.clips_**2).sum(axis=1)) / 2  # of means of directions, which are shorter than one
    tables = (
        Table("directions", member.clips_.astype(np.float32)),
        Table("shortness", shortness.astype(np.float32)),
        Table("means", view.mean_.astype(np.float32)),
        Table("spreads", view.spread_.astype(np.float32)),
    )
    return Piece(numbers={"N_DIRECTIONS": len(member.clips_)}, tables=tables)


def _join(detector: Fused) -> Piece:
    """Return the standardised view as a weighted sum of logarithms, see `Fused`, and the evidence of a fault in it."""
    (usual, unit), (of_pair, pair_unit), (of_view, view_unit) = (
        (scale[0], scale[1]) for scale in (detector.member_scale_, detector.pair_scale_, detector.view_scale_)
    )
    pair, angle = detector.shares_ if detector.angle_ else (1.0, 0.0)
    weights = pair / (2 * unit[:2] * pair_unit[0] * view_unit[0])
    constant = -(pair * of_pair[0] / pair_unit[0] + of_view[0]) / view_unit[0] - float(weights @ usual[:2])
    numbers = {"OF_DENSITY": float(weights[0]), "OF_MAHALANOBIS": float(weights[1])}
    if detector.angle_:
        numbers["OF_ANGLE"] = float(angle / (unit[2] * view_unit[0]))
        constant -= numbers["OF_ANGLE"] * float(usual[2])
    share, rise = (float(number[0]) for number in detector.evidence_)
    numbers |= {
        "CONSTANT": float(constant),
        "LEAST_SCORE": TINY,
        "LOG_SHARE": float(np.log(share)),
        "LOG_REST": float(np.log1p(-share)),
        "RISE": rise,
    }
    return Piece(numbers=numbers)
