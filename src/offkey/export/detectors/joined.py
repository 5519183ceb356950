"""The default, a join of several detectors: the graph of its score."""

from __future__ import annotations

from typing import cast

import numpy as np

from offkey.detectors.base import Floats
from offkey.detectors.cycle import NEAR, SIDE, WEIGHTS
from offkey.detectors.fused import Fused
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.paired import TINY
from offkey.detectors.spectral_angle import SpectralAngle
from offkey.detectors.subband_density import SubBandDensity
from offkey.errors import ExportError
from offkey.export.detectors.arithmetic import log_add_exp, number, whole
from offkey.export.detectors.domains import by_domain, lowest
from offkey.export.detectors.flatness import flat_distances
from offkey.export.detectors.neighbours import spectral_angle_nodes
from offkey.export.detectors.whitened import pair_nodes
from offkey.graph import Builder

__all__ = ["fused_nodes"]


def fused_nodes(b: Builder, detector: Fused, features: str) -> str:
    """Add the score of `Fused`: members, their standardised logarithms in views, and the evidence of these.

    The scores of members have the name ``members``, shape (batch, n_members), the standardised views ``views``.
    """
    scores = _member_scores(b, detector, features)
    members = b("Concat", *(b("Unsqueeze", score, whole(b, 1)) for score in scores), axis=1, name="members")
    logs = b("Log", b("Max", members, number(b, TINY)))
    views = _standardised(b, _views(b, detector, logs), detector.view_scale_, name="views")
    share, rise = detector.evidence_
    fault = b("Add", b("Mul", views, number(b, rise)), number(b, np.log(share) - rise**2 / 2))
    either = log_add_exp(b, number(b, np.log1p(-share)), fault)
    return b("ReduceSum", b("Div", either, number(b, rise)), whole(b, 1), keepdims=0)


def _member_scores(b: Builder, detector: Fused, features: str) -> list[str]:
    """Return the score of each member, of the angle and by the cycle, each of shape (batch,)."""
    layout, members = detector.layout, iter(detector.members_)
    of_bands, systems, places = [], [], []
    for part, first, second in zip(layout.pairs, members, members, strict=True):
        if not (isinstance(first, SubBandDensity) and isinstance(second, LocalMahalanobis)):
            raise ExportError(f"The members {first.name} and {second.name} of 'fused' cannot be exported: fit it anew.")
        rows = by_domain(b, second, _columns(b, features, part))
        score, system = pair_nodes(b, first, second, rows)
        of_bands.append(lowest(b, first, score))
        systems.append(system)
        places.append(second)
    of_place = [lowest(b, one, score) for one, score in zip(places, flat_distances(b, systems), strict=True)]
    scores = [score for pair in zip(of_bands, of_place, strict=True) for score in pair]
    for angle in detector.angle_:
        rows = by_domain(b, angle, _columns(b, features, layout.levels))
        scores.append(lowest(b, angle, spectral_angle_nodes(b, cast(SpectralAngle, angle), rows)))
    if detector.cycle_ is not None:
        usual = float(np.exp(detector.member_scale_[0, -1]))
        scores.append(_cycle_score(b, detector.cycle_, _columns(b, features, layout.cycle), usual))
    return scores


def _cycle_score(b: Builder, learnt: Floats, columns: str, unclaimed: float) -> str:
    """Return the score by the cycle, as `offkey.detectors.cycle.cycle_scores` does."""
    away = b("Div", b("Sub", columns, number(b, learnt[0])), number(b, learnt[1]))
    one_sided = b("Max", b("Mul", away, number(b, SIDE)), number(b, 0.0))
    counted = b("Where", b.weight(SIDE == 0), away, one_sided)
    squares = b("Mul", b("Mul", counted, counted), number(b, WEIGHTS))
    total = b("ReduceSum", squares, whole(b, 1), keepdims=0)
    score = b("Sqrt", b("Add", total, number(b, 1.0)))
    period_s = b("Gather", columns, b.weight(np.array(0, np.int64)), axis=1)
    usual_s = float(learnt[0, 0])
    over = b("Greater", period_s, number(b, usual_s / NEAR))
    near = b("And", over, b("Less", period_s, number(b, usual_s * NEAR)))
    return b("Where", near, score, number(b, unclaimed))


def _views(b: Builder, detector: Fused, logs: str) -> str:
    """Return the views, shape (batch, n_views), before they are standardised; see `Fused`."""
    n_members, n_others = len(detector.members_), detector.layout.n_others
    standard = _standardised(b, logs, detector.member_scale_)
    of_members = b("Reshape", _columns(b, standard, slice(0, n_members)), whole(b, -1, n_members // 2, 2))
    of_pairs = b("ReduceMean", of_members, axes=[2], keepdims=0)
    pairs = _standardised(b, of_pairs, detector.pair_scale_)
    steady = _columns(b, pairs, slice(0, 1))
    if detector.angle_:
        pair, angle = detector.shares_
        of_angle = b("Mul", _columns(b, standard, slice(n_members, n_members + 1)), number(b, angle))
        steady = b("Add", b("Mul", steady, number(b, pair)), of_angle)
    views = [steady]
    if n_others:
        half = whole(b, max(1, round(n_others / 2)))
        others = _columns(b, pairs, slice(1, 1 + n_others))
        higher = b("TopK", others, half, axis=1, largest=1, sorted=0, outputs=2)[0]
        views.append(b("ReduceMean", higher, axes=[1], keepdims=1))
    if n_members // 2 > 1 + n_others:
        views.append(_columns(b, pairs, slice(1 + n_others, n_members // 2)))
    if detector.cycle_ is not None:
        last = detector.member_scale_.shape[1]
        views.append(_columns(b, standard, slice(last - 1, last)))
    return b("Concat", *views, axis=1)


def _standardised(b: Builder, scores: str, units: Floats, name: str = "") -> str:
    return b("Div", b("Sub", scores, number(b, units[0])), number(b, units[1]), name=name)


def _columns(b: Builder, rows: str, part: slice) -> str:
    """Return adjacent columns of rows, shape (batch, n)."""
    return b("Slice", rows, whole(b, part.start), whole(b, part.stop), whole(b, 1))
