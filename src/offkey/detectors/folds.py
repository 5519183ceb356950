"""Folds for cross-validation on normal clips, without labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["enough_folds", "fold_numbers"]


def enough_folds(n: int) -> int:
    """Return the number of folds that `n` clips are worth: each its own up to 100, then 6,000 / `n`, at least 5.

    A fit without a tenth of few clips scores the others higher than the fit on all does, by so much that fewer new
    clips alarm than was promised, and fewer anomalies (docs/results.md has the figures); without a sixth of
    1,000 it hardly does. So many folds learn from about 6,000 clips in all, which keeps `fit` short.
    """
    return n if n <= 100 else max(5, 6000 // n)


def fold_numbers(
    n: int, folds: int = 10, *, seed: int = 0, domains: ArrayLike | None = None, groups: ArrayLike | None = None
) -> NDArray[np.intp]:
    """Assign each of `n` clips to a fold.

    Clips of one group stay in one fold, so that overlapping or neighbouring windows of one recording
    do not vouch for each other. The groups of each domain are spread evenly over the folds, so that
    no fold takes all of the few clips of a domain away.

    `domains`: shape (n,); the domain of each clip.
    `groups`: shape (n,); the group of each clip; each clip its own by default.
    Returns: shape (n,); the fold of each clip, 0 to ``folds - 1``; every fold has a clip.
    """
    of_clip = np.arange(n) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].reshape(n)
    n_groups = int(of_clip.max()) + 1
    first_clip = np.unique(of_clip, return_index=True)[1]
    domain = np.zeros(n, int) if domains is None else np.unique(np.asarray(domains), return_inverse=True)[1].reshape(n)
    order = np.random.default_rng(seed).permutation(n_groups)
    order = order[np.argsort(domain[first_clip][order], kind="stable")]
    fold_of_group = np.empty(n_groups, np.intp)
    fold_of_group[order] = np.arange(n_groups) % min(folds, n_groups)
    fold: NDArray[np.intp] = fold_of_group[of_clip]
    return fold
