"""The join of the default before it was one of evidence: models that were fitted with it score as they did."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Numbers, Parts
from offkey.detectors.base import Contributions, Detector, Floats
from offkey.detectors.joining import standardised
from offkey.detectors.paired import TINY, Paired
from offkey.errors import ParameterError

__all__ = ["EarlierFused"]

_LIFT = 3.0  # by how many of its standard deviations a fault is expected to raise the view that it shows in
_BOUND = 3.0  # standard deviations of the dynamics, beyond which only their logarithm grows


class EarlierFused(Paired):
    """The default of models before the join by evidence, which scores what they were fitted on.

    A row may be several blocks of adjacent bands, the mean first, and behind them a tail, and dynamics as the last of
    it. In each block sub-band density and local Mahalanobis distance score; their logarithms count in units of
    cross-validated scores and are averaged. Several blocks give up to five views: the first block, the mean of the
    higher half of the blocks, `BandAgreement` over them, the tail, and the dynamics, of which beyond three standard
    deviations the logarithm counts. The views are joined by the logarithm of ``sum(w exp(3 z))``.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns of one block; None for one block.
    tail : int, default 0
        Number of columns behind the blocks that are no bands.
    dynamics : int, default 0
        How many of these, the last, tell how the sound moves in time.
    folds : int or None, default None
        Number of folds that the members' scores were cross-validated in.
    seed : int, default 0
        Seed of the assignment to folds.
    """

    name = "fused"
    assumes = "a normal clip is like some of those learnt; each member is wrong somewhere else"
    cost = "that of its members in every block"
    learnt: ClassVar = {
        "members_": Parts("score"),
        "agreement_": Parts("score", empty=True),
        "member_scale_": Numbers("2 members"),
        "block_scale_": Numbers("2 blocks"),
        "view_scale_": Numbers("2 views"),
        "weights_": Numbers("views", positive=True, optional=True),
    }
    rules: ClassVar = {
        "bands": Interval(int, 1, or_none=True),
        "tail": Interval(int, 0),
        "dynamics": Interval(int, 0),
        "folds": Interval(int, 2, or_none=True),
        "seed": Interval(int, 0),
    }
    min_clips = 5
    knows_domains = True  # its members do, each of which moves them by itself, and in each fold without those held out

    earlier: ClassVar = {"dynamics": 0}
    agreement_: list[Detector]
    block_scale_: Floats
    view_scale_: Floats
    weights_: Floats | None = None
    """Weight of each view, shape (n_views,); models of earlier versions have none: the highest view counts."""

    def __init__(
        self,
        *,
        bands: int | None = None,
        tail: int = 0,
        dynamics: int = 0,
        folds: int | None = None,
        seed: int = 0,
    ) -> None:
        self.bands = bands
        self.tail = tail
        self.dynamics = dynamics
        self.folds = folds
        self.seed = seed

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        raise ParameterError(
            "A detector 'fused' of an earlier version only scores: make a new one, create('fused'), and fit that."
        )

    def _score(self, X: Floats) -> Floats:
        return self._join(self._scores(X))

    def _scores(self, X: Floats) -> Floats:
        """Return the score of each member, and of the agreement where there is one, a column each."""
        blocks = self._blocks(X)
        before = self._n_blocks * blocks[0].shape[1]
        return np.column_stack(
            [self._of_members(blocks), *(member._likeliest(X[:, :before]) for member in self.agreement_)]
        )

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the score as it is joined, from the views back to the members.

        The soft maximum is the mean of the views by how much each counts in it, plus what is no feature's, as the
        likelihood of a mixture is by its responsibilities (see `GMM`); each view is a weighted sum of members. A
        member's standardised logarithm is divided in proportion to what features add to the member.
        """
        scores, blocks = self._scores(x[None]), self._blocks(x[None])
        of_members, of_agreement = self._weights_in_join(scores)
        stops = np.cumsum([block.shape[1] for block in blocks])
        values = np.zeros(len(x))
        for number, (member, weight) in enumerate(zip(self.members_, of_members, strict=True)):
            block = slice(stops[number // 2] - blocks[number // 2].shape[1], stops[number // 2])
            values[block] += weight * self._divided(member, number, float(scores[0, number]), x[block])
        for member in self.agreement_:
            all_blocks = slice(0, stops[self._n_blocks - 1])
            values[all_blocks] += of_agreement * member.contributions(x[all_blocks]).values
        return Contributions(values, float(self._join(scores)[0] - values.sum()))

    def _weights_in_join(self, scores: Floats) -> tuple[Floats, float]:
        """Return by how much each member's standardised logarithm counts in the score of a clip, and the agreement."""
        logs = self._logs(scores)
        views = standardised(self._views(logs), self.view_scale_)[0]
        counted = self._bounded(views[None])[0]
        below = counted - counted.max()
        of_views = below == 0.0 if self.weights_ is None else self.weights_ * np.exp(_LIFT * below)
        of_views = of_views / of_views.sum() / self.view_scale_[1]
        if self._has_dynamics and views[-1] > _BOUND:
            of_views[-1] *= counted[-1] / views[-1]
        blocks = standardised(self._of_pairs(logs), self.block_scale_)[0]
        of_blocks = np.zeros(len(blocks))
        of_blocks[0] += of_views[0]
        if self.agreement_:
            half = round(self._n_blocks / 2)
            of_blocks[np.argsort(blocks[: self._n_blocks])[-half:]] += of_views[1] / half
        if self._behind:
            of_blocks[self._n_blocks :] += of_views[-len(self._behind) :]
        return np.repeat(of_blocks / self.block_scale_[1] / 2, 2), float(of_views[2]) if self.agreement_ else 0.0

    @property
    def _behind(self) -> list[int]:
        """Number of columns of the tail, and of the dynamics, where there are any."""
        tail = self.tail if self.tail < self.n_features_ else 0
        moving = min(self.dynamics, tail)
        return [width for width in (tail - moving, moving) if width]

    @property
    def _has_dynamics(self) -> bool:
        return bool(self._behind) and self.dynamics > 0

    @property
    def _n_blocks(self) -> int:
        """Number of blocks before the tail."""
        n = self.n_features_ - sum(self._behind)
        return n // self.bands if self.bands is not None and n % self.bands == 0 else 1

    def _blocks(self, X: Floats) -> list[Floats]:
        """Return the blocks, and behind them the tail and the dynamics where there are any."""
        n = self.n_features_ - sum(self._behind)
        behind = np.split(X[:, n:], np.cumsum(self._behind)[:-1], axis=1) if self._behind else []
        return [*np.split(X[:, :n], self._n_blocks, axis=1), *behind]

    def _logs(self, scores: Floats) -> Floats:
        """Return the members' scores as logarithms; the agreement's, which is standardised already, as it is."""
        n = len(self.members_)
        return np.hstack([np.log(np.maximum(scores[:, :n], TINY)), scores[:, n:]])

    def _views(self, logs: Floats) -> Floats:
        """Return the views, a column each: first block, higher half of all, agreement, tail and dynamics."""
        blocks = standardised(self._of_pairs(logs), self.block_scale_)
        views = [blocks[:, 0]]
        if self.agreement_:
            half = round(self._n_blocks / 2)
            higher = np.sort(blocks[:, : self._n_blocks], axis=1)[:, -half:].mean(axis=1)
            views += [higher, logs[:, -1]]
        return np.stack([*views, *blocks[:, self._n_blocks :].T], axis=1)

    def _bounded(self, views: Floats) -> Floats:
        """Return standardised views as they count in the join: of the dynamics, which come last, the logarithm."""
        if not self._has_dynamics:
            return views
        high = np.maximum(views[:, -1:] - _BOUND, 0)
        return np.hstack([views[:, :-1], np.minimum(views[:, -1:], _BOUND) + np.log1p(high)])

    def _join(self, scores: Floats) -> Floats:
        views = self._bounded(standardised(self._views(self._logs(scores)), self.view_scale_))
        highest: Floats = views.max(axis=1)
        if self.weights_ is None:
            return highest
        joined: Floats = highest + np.log(np.exp(_LIFT * (views - highest[:, None])) @ self.weights_) / _LIFT
        return joined
