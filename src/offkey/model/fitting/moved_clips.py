"""Clips of sister machines moved to the mean of a new machine's few: whether they belong there, and a fit with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.detectors import Detector
from offkey.detectors.base import Beside
from offkey.detectors.mahalanobis import Mahalanobis

__all__ = ["fit_scored_with", "likelier_by"]

_GROUPS = 16  # of adjacent columns whose means are compared: few clips know no covariance of more


def likelier_by(X: NDArray[Any], away: NDArray[Any], groups: NDArray[Any]) -> float:
    """Return by how much clips that are held out are likelier with the clips of a sister than without.

    Both are normal distributions about the mean of the other clips, with covariances after Ledoit and Wolf: of the
    others alone, and of the others and the sister's clips. The selection of a covariance by the likelihood of held-out
    clips is that of P. Bickel & E. Levina, "Regularized estimation of large covariance matrices", Annals of Statistics
    36, 2008, section 5, where a squared error stands for it.

    `X`: shape (n, n_columns); features that belong together, such as the levels of bands.
    `away`: shape (m, n_columns); clips of a sister, each less the mean of its machine.
    `groups`: shape (n,); clips of one group are held out together.
    Returns: the mean over the clips of the difference of logarithms, above 0 where the sister helps.
    """
    spread = np.sqrt(((X - X.mean(axis=0)) ** 2).mean(axis=0) + (away**2).mean(axis=0))
    spread[spread == 0] = 1
    own, sister = _means_of_groups(X / spread), _means_of_groups(away / spread)
    gains = []
    for group in np.unique(groups):
        out = groups == group
        if (~out).sum() < Mahalanobis.min_clips:
            continue
        others = own[~out]
        together = np.concatenate([others, others.mean(axis=0) + sister])
        gains += (_log_likelihood(together, own[out]) - _log_likelihood(others, own[out])).tolist()
    return float(np.mean(gains)) if gains else 0.0


def fit_scored_with(
    detector: Detector, X: NDArray[Any], n: int, *, groups: NDArray[Any], seed: int, beside: Beside | None = None
) -> NDArray[np.float64]:
    """Fit on clips and those of sisters behind them; return the cross-validated scores of the clips alone.

    A clip that is held out has moved the mean, and the clips of the sisters with it. So it is scored as far from that
    mean as it lies from the mean of the others. No clip is trimmed: most are known to be normal, and the few of the
    new machine are the ones that would look odd.

    `X`: shape (n + m, n_features); the clips of the new machine, and those of sisters moved to their mean.
    `groups`: shape (n,); clips of one group are held out together.
    Returns: shape (n + n_beside,); behind the scores of the clips those of `beside`.
    """
    params = detector.params()
    if params.get("trim", 0) is None:
        detector.set_params(trim=0.0)
    own = np.unique(groups, return_inverse=True)[1].reshape(n)
    sums = np.zeros((own.max() + 1, X.shape[1]))
    np.add.at(sums, own, X[:n] - X[:n].mean(axis=0))
    others = np.maximum(n - np.bincount(own), 1)
    shift = (sums / others[:, None])[own]  # the mean less that of the others
    rows, of = X[:n] + shift, np.arange(n)
    if beside is not None:
        rows = np.concatenate([rows, beside.rows + shift[beside.of]])
        of = np.concatenate([of, beside.of])
    every = np.concatenate([own, own.max() + 1 + np.arange(len(X) - n)])
    return detector.fit_scored(X, groups=every, seed=seed, beside=Beside(rows, of))[len(X) :]


def _means_of_groups(X: NDArray[Any]) -> NDArray[np.float64]:
    """Return the means of groups of adjacent columns."""
    columns = np.array_split(np.arange(X.shape[1]), min(_GROUPS, X.shape[1]))
    return np.stack([X[:, some].mean(axis=1, dtype=np.float64) for some in columns], axis=1)


def _log_likelihood(learnt: NDArray[np.float64], X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the likelihood of clips, but for a constant."""
    normal = Mahalanobis().fit(learnt)
    volume = np.log(normal.spread_).sum() + (X.shape[1] - len(normal.spread_)) * np.log(normal.spread_beside_)
    found: NDArray[np.float64] = -0.5 * normal.score(X) ** 2 - volume
    return found
