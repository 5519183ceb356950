"""Domains: the same machine under other conditions, for which there may be few clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.moments import Moments

__all__ = ["domain_moves", "lifted", "moved_together"]

_FEWEST = 5
"""Clips of a domain below which their mean is too uncertain to move them by."""


def domain_moves(X: NDArray[np.float64], domains: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return how far each domain lies from the one with most clips, by their means.

    Moved back by it, the few clips of a domain have the many clips of the other beside them, which tell how
    normal clips vary; the recentring is that of each domain's own mean in the selective Mahalanobis
    distance of the DCASE baselines since 2023 (N. Harada, D. Niizumi, Y. Ohishi, D. Takeuchi & M. Yasuda, "First-shot
    anomaly sound detection for machine condition monitoring: a domain generalization baseline", EUSIPCO 2023).

    `X`: shape (n_clips, n_features).
    `domains`: shape (n_clips,); the domain of each clip. One of fewer than 5 clips counts to that with most.
    Returns `moves`: shape (n_moves, n_features); the first is 0, that of the domain with most clips.
    Returns `of_clip`: shape (n_clips,); which of them each clip has.
    """
    _, of_clip, counts = np.unique(domains, return_inverse=True, return_counts=True)
    order, number = _that_move(counts.tolist())
    centre = X[of_clip == order[0]].mean(axis=0)
    moves = np.stack([X[of_clip == domain].mean(axis=0) - centre for domain in order])
    return moves, number[of_clip.reshape(len(X))]


def moved_together(moments: Mapping[str, Moments]) -> tuple[NDArray[np.float64], Moments]:
    """Return how far each domain lies from the one with most clips, and the moments of all, moved back by it.

    Returns `moves`: shape (n_moves, n_features); as of `domain_moves`.
    """
    domains = [moments[name] for name in sorted(moments)]
    order, number = _that_move([domain.count for domain in domains])
    moves = np.stack([domains[place].mean - domains[order[0]].mean for place in order])
    return moves, Moments.merged(domain.moved(-moves[move]) for domain, move in zip(domains, number, strict=True))


def lifted(scores: NDArray[np.float64], domains: NDArray[Any]) -> tuple[NDArray[np.float64], str | None]:
    """Return scores of normal clips as they would be in the domain that scores highest, by the means of the domains.

    A new clip's domain is unknown, so a threshold keeps its rate in each domain only if it does in the one that scores
    highest. Its own few clips are too few for low rates; the many of the others, lifted by the difference of the means,
    tell how the scores of normal clips scatter.

    `scores`: shape (n_clips,); cross-validated scores.
    `domains`: shape (n_clips,); the domain of each clip. One of fewer than 5 clips counts to that with most.
    Returns `lifted`: shape (n_clips,).
    Returns `highest`: name of that domain, None where there is but one.
    """
    names, of_clip, counts = np.unique(domains, return_inverse=True, return_counts=True)
    order, number = _that_move(counts.tolist())
    of_clip = number[of_clip.reshape(len(scores))]
    means = np.array([scores[of_clip == move].mean() for move in range(len(order))])
    highest = str(names[order[int(np.argmax(means))]]) if len(order) > 1 else None
    return scores + (means.max() - means)[of_clip], highest


def _that_move(counts: Sequence[int]) -> tuple[list[int], NDArray[np.intp]]:
    """Return which domains have a move, that with most clips first, and the number of the move that each counts to."""
    order = [int(domain) for domain in np.argsort(-np.array(counts), kind="stable") if counts[domain] >= _FEWEST]
    order = order or [int(np.argmax(counts))]
    number = np.zeros(len(counts), np.intp)
    number[order] = np.arange(len(order))
    return order, number
