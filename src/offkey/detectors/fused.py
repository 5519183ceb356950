"""Several detectors joined into one: the default."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval
from offkey.detectors.band_agreement import BandAgreement
from offkey.detectors.base import Detector, Floats
from offkey.detectors.folds import enough_folds
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.subband_density import SubBandDensity
from offkey.threads import default_jobs, one_blas_thread

__all__ = ["Fused"]

_TINY = 1e-9  # least score whose logarithm is taken


class Fused(Detector):
    """Sub-band density and local Mahalanobis distance in every block of bands, and their agreement over all.

    A row may be several blocks of adjacent bands: the same mel bands pooled over time in several ways,
    the mean first. In each block both members score; the logarithm of a score counts in units of its own
    cross-validated scores of the training clips (their mean and standard deviation), and the two are
    averaged. Of several blocks there are three views, each in units of its own cross-validated scores: the
    first block, which is steady; the mean of the higher half of the blocks, since a fault need not show in
    every way of pooling; and `BandAgreement` over all of them, since a factory's tone fills a few bands
    and a fault many. A clip is as anomalous as in the view in which it is most so. Self-scores are
    standardised before joining as in arXiv 2606.19269 (2026). What else was tried stands in docs/results.md.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns of one block; None for one block. Where the columns are no whole number of
        blocks, all are one.
    folds : int or None, default None
        Number of folds that the members' scores are cross-validated in when `fit` is called by itself;
        None for as many as the clips are worth (`enough_folds`).
    seed : int, default 0
        Seed of the assignment to folds.
    """

    name = "fused"
    assumes = "a normal clip is like some that were heard; that each member is wrong somewhere else"
    cost = "that of its members in every block"
    rules: ClassVar = {
        "bands": Interval(int, 1, or_none=True),
        "folds": Interval(int, 2, or_none=True),
        "seed": Interval(int, 0),
    }
    min_clips = 5

    def __init__(self, *, bands: int | None = None, folds: int | None = None, seed: int = 0) -> None:
        self.bands = bands
        self.folds = folds
        self.seed = seed

    def fit_scored(
        self,
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int = 10,
        seed: int = 0,
    ) -> Floats:
        """Fit, and join the members' cross-validated scores, without another round of cross-validation.

        Parameters and result are those of `Detector.fit_scored`; the members are standardised by these
        very scores.
        """
        array, names = self._accept(X, domains)
        return self._learn(array, names, groups, folds, seed)

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, domains, None, self.folds or enough_folds(len(X)), self.seed)

    def _learn(
        self, X: Floats, domains: NDArray[Any] | None, groups: ArrayLike | None, folds: int, seed: int
    ) -> Floats:
        """Fit the members and their scales; return the joined cross-validated scores."""
        blocks = self._blocks(X)
        self.members_: list[Detector] = [kind() for _ in blocks for kind in (SubBandDensity, LocalMahalanobis)]
        self.agreement_: list[Detector] = [BandAgreement()] if len(blocks) > 1 else []
        work = [(member, blocks[number // 2]) for number, member in enumerate(self.members_)]
        work += [(member, X) for member in self.agreement_]

        def fit_scored(task: tuple[Detector, Floats]) -> Floats:
            return task[0].fit_scored(task[1], domains=domains, groups=groups, folds=folds, seed=seed)

        with one_blas_thread(), ThreadPoolExecutor(default_jobs()) as pool:
            return self._learn_scales(np.stack(list(pool.map(fit_scored, work)), axis=1))

    def _learn_scales(self, scores: Floats) -> Floats:
        """Learn centre and spread at each stage of the join, and return the joined scores."""
        logs = self._logs(scores)
        self.member_scale_ = _scale(logs)
        blocks = self._of_blocks(logs)
        self.block_scale_ = _scale(blocks)
        self.view_scale_ = _scale(self._views(logs))
        return self._join(scores)

    def _score(self, X: Floats) -> Floats:
        blocks = self._blocks(X)
        with one_blas_thread():
            scores = [member.score(blocks[number // 2]) for number, member in enumerate(self.members_)]
            scores += [member.score(X) for member in self.agreement_]
        return self._join(np.stack(scores, axis=1))

    def _blocks(self, X: Floats) -> list[Floats]:
        whole = self.bands is not None and X.shape[1] % self.bands == 0
        return np.split(X, X.shape[1] // self.bands, axis=1) if self.bands is not None and whole else [X]

    def _logs(self, scores: Floats) -> Floats:
        """Return the members' scores as logarithms; the agreement's, which is standardised already, as it is."""
        n = len(self.members_)
        return np.hstack([np.log(np.maximum(scores[:, :n], _TINY)), scores[:, n:]])

    def _of_blocks(self, logs: Floats) -> Floats:
        """Return the mean of the two members of each block, shape (n_clips, n_blocks)."""
        standard = _standardised(logs, self.member_scale_)[:, : len(self.members_)]
        means: Floats = standard.reshape(len(logs), -1, 2).mean(axis=2)
        return means

    def _views(self, logs: Floats) -> Floats:
        """Return the views, a column each: the first block, the higher half of all, and the agreement."""
        blocks = _standardised(self._of_blocks(logs), self.block_scale_)
        if not self.agreement_:
            return blocks
        half = round(blocks.shape[1] / 2)
        higher = np.sort(blocks, axis=1)[:, -half:].mean(axis=1)
        return np.stack([blocks[:, 0], higher, logs[:, -1]], axis=1)

    def _join(self, scores: Floats) -> Floats:
        joined: Floats = _standardised(self._views(self._logs(scores)), self.view_scale_).max(axis=1)
        return joined


def _scale(scores: Floats) -> Floats:
    """Return mean and standard deviation of each column, shape (2, n_columns)."""
    spread = scores.std(axis=0)
    return np.stack([scores.mean(axis=0), np.where(spread > _TINY, spread, 1.0)])


def _standardised(scores: Floats, scale: Floats) -> Floats:
    standard: Floats = (scores - scale[0]) / scale[1]
    return standard
