"""Domains in a graph: a clip counts to the one in which it scores lowest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offkey.detectors.base import Detector
from offkey.export.detectors.arithmetic import number, whole
from offkey.graph import Builder

__all__ = ["by_domain", "in_domains", "lowest"]


def in_domains(b: Builder, detector: Detector, features: str, make: Callable[[str], Sequence[str]]) -> Sequence[str]:
    """Return scores, shape (batch,), that `make` gives of features, each clip as of the likeliest domain."""
    return [lowest(b, detector, scores) for scores in make(by_domain(b, detector, features))]


def by_domain(b: Builder, detector: Detector, features: str) -> str:
    """Return features, shape (batch, d), as they are in each domain, one after the other: (n_domains * batch, d)."""
    moves = getattr(detector, "moves_", None)
    if moves is None:
        return features
    moved = b("Sub", b("Unsqueeze", features, whole(b, 0)), number(b, moves[:, None]))
    return b("Reshape", moved, whole(b, -1, detector.n_features_))


def lowest(b: Builder, detector: Detector, scores: str) -> str:
    """Return the least of the scores of each clip, shape (batch,), of those that `by_domain` led to."""
    moves = getattr(detector, "moves_", None)
    if moves is None:
        return scores
    return b("ReduceMin", b("Reshape", scores, whole(b, len(moves), -1)), axes=[0], keepdims=0)
