"""Several detectors joined into one: the default."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval, Numbers, Parts, SequenceOf
from offkey.detectors.band_agreement import BandAgreement
from offkey.detectors.base import Beside, Contributions, Detector, Floats
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.pairs import OfBlocks, scored_together
from offkey.detectors.subband_density import SubBandDensity
from offkey.work.thread_pool import Threads

__all__ = ["Fused"]

_TINY = 1e-9  # least score whose logarithm is taken
_LIFT = 3.0  # by how many of its standard deviations a fault is expected to raise the view that it shows in
_STEADY, _HIGHER, _AGREEMENT, _TAIL = 0.85, 0.03, 0.10, 0.02  # how often a fault is expected to show in each view
_FINE, _DYNAMICS = 0.10, 0.005  # the same of the fine spectrum, and of each view of the dynamics, beside the others
_BOUND = 3.0  # standard deviations of a view of the dynamics, beyond which only their logarithm grows


class Fused(Detector):
    """Sub-band density and local Mahalanobis distance in every block of bands, in what follows, and in all together.

    A row may be several blocks of adjacent bands: the same mel bands pooled over time in several ways,
    the mean first, and behind them other columns, the tail, which count as one more block, or as several where some of
    them are a fine spectrum or dynamics. In each block both members score; the logarithm of a score counts in units of
    its own cross-validated scores of the training clips (their mean and standard deviation), and the two are averaged.
    The blocks give several views, each in units of its own cross-validated scores: the first block, which is steady;
    the mean of the higher half of the blocks before the tail, since a fault need not show in every way of pooling;
    `BandAgreement` over these, since a factory's tone fills a few bands and a fault many; the tail; the fine spectrum;
    and each view of the dynamics. New noise around the machine lifts these last by tens of standard deviations: beyond
    three their logarithm counts.
    Self-scores are standardised before joining as in arXiv 2606.19269 (2026).

    The views are joined by the logarithm of ``sum(w exp(3 z))``, a soft maximum that trusts some more than
    others: were the scores z of normal clips normal, this would be the likelihood ratio of a fault that
    raises one of the views by three standard deviations, each with a probability w, than which no test finds more
    such faults (lemma of J. Neyman & E. Pearson, Philosophical Transactions of the Royal Society A 231, 1933). Most
    weight lies on the first block: a plain maximum pays for each further view with false alarms. What else was
    tried stands in docs/choices.md.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns of one block; None for one block. Where the columns are no whole number of
        blocks, all are one.
    tail : int, default 0
        Number of columns behind the blocks that are no bands.
    fine : int, default 0
        How many of these, the last before the dynamics, are a fine spectrum, and are a view of their own.
    dynamics : int or sequence of int, default 0
        How many of these, the last, tell how the sound moves in time, and are a view of their own; or how many each of
        several such views has, one after the other.
    folds : int or None, default None
        Number of folds that the members' scores are cross-validated in, unless `fit_scored` is told another; None for
        as many as the clips are worth (`enough_folds`).
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
        "fine": Interval(int, 0),
        "dynamics": SequenceOf(Interval(int, 0), or_one=True),
        "folds": Interval(int, 2, or_none=True),
        "seed": Interval(int, 0),
    }
    min_clips = 5
    knows_domains = True  # its members do, each of which moves them by itself, and in each fold without those held out

    asks: ClassVar = {"transients": True, "modulation": True}
    earlier: ClassVar = {"fine": 0, "dynamics": 0}
    weights_: Floats | None = None
    """Weight of each view, shape (n_views,); models of earlier versions have none: the highest view counts."""

    def __init__(
        self,
        *,
        bands: int | None = None,
        tail: int = 0,
        fine: int = 0,
        dynamics: int | Sequence[int] = 0,
        folds: int | None = None,
        seed: int = 0,
    ) -> None:
        self.bands = bands
        self.tail = tail
        self.fine = fine
        self.dynamics = dynamics
        self.folds = folds
        self.seed = seed

    def fit_scored(
        self,
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int | None = None,
        seed: int = 0,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit, and join the members' cross-validated scores, without another round of cross-validation.

        Parameters and result are those of `Detector.fit_scored`; the members are standardised by these
        very scores.
        """
        array, names = self._accept(X, domains)
        return self._learn(array, names, groups, self.folds if folds is None else folds, seed, beside)

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, domains, None, self.folds, self.seed)

    def _learn(
        self,
        X: Floats,
        domains: NDArray[Any] | None,
        groups: ArrayLike | None,
        folds: int | None,
        seed: int,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit the members and their scales; return the joined cross-validated scores, and those of `beside`."""
        rows, of = self._beside(beside)
        blocks = self._blocks(np.concatenate([X, rows]))
        self.members_: list[Detector] = [kind() for _ in blocks for kind in (SubBandDensity, LocalMahalanobis)]
        self.agreement_: list[Detector] = [BandAgreement()] if self._n_blocks > 1 else []
        work = [(member, blocks[number // 2]) for number, member in enumerate(self.members_)]
        work += [(member, np.hstack(blocks[: self._n_blocks])) for member in self.agreement_]

        def fit_scored(task: tuple[Detector, Floats]) -> Floats:
            member, both = task
            others = None if beside is None else Beside(both[len(X) :], of)
            return member.fit_scored(
                both[: len(X)], domains=domains, groups=groups, folds=folds, seed=seed, beside=others
            )

        scores = np.stack(list(Threads().map(fit_scored, work)), axis=1)
        self._learn_scales(scores[: len(X)])
        return self._join(scores)

    def _learn_scales(self, scores: Floats) -> None:
        """Learn centre and spread at each stage of the join from cross-validated scores."""
        logs = self._logs(scores)
        self.member_scale_ = _scale(logs)
        blocks = self._of_blocks(logs)
        self.block_scale_ = _scale(blocks)
        self.view_scale_ = _scale(self._views(logs))
        several = [_HIGHER, _AGREEMENT] * bool(self.agreement_)
        self.weights_ = np.array([_STEADY, *several, *(weight for _, weight in self._behind)])
        self.weights_ /= self.weights_.sum()

    def _score(self, X: Floats) -> Floats:
        return self._join(self._scores(X))

    def _scores(self, X: Floats) -> Floats:
        """Return the score of each member, and of the agreement where there is one, a column each."""
        blocks, scores = self._blocks(X), np.empty((len(X), len(self.members_) + len(self.agreement_)))
        for numbers, score in self._derived("together", self._together):
            found = score([blocks[number] for number in numbers])
            for number, of_members in zip(numbers, found, strict=True):
                scores[:, 2 * number : 2 * number + 2] = of_members.T
        for member in self.agreement_:
            scores[:, -1] = member._likeliest(X[:, : self._n_blocks * blocks[0].shape[1]])
        return scores

    def _together(self) -> list[tuple[list[int], OfBlocks]]:
        """Return which blocks are scored in one go, and what does it: those that are no wider than the first."""
        pairs = list(zip(self.members_[::2], self.members_[1::2], strict=True))
        alike: dict[str, list[int]] = {}
        for number, pair in enumerate(pairs):
            sizes = [np.shape(getattr(member, "clips_", ()))[:1] for member in pair]
            kinds = [(member.name, member.params(), np.shape(getattr(member, "moves_", ()))[:1]) for member in pair]
            is_wider = pair[0].n_features_ > pairs[0][0].n_features_
            alike.setdefault(repr((sizes, kinds, is_wider)), []).append(number)
        return [(numbers, scored_together([pairs[number] for number in numbers])) for numbers in alike.values()]

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
            score = max(float(scores[0, number]), _TINY)
            above = (np.log(score) - self.member_scale_[0, number]) / self.member_scale_[1, number]
            block = slice(stops[number // 2] - blocks[number // 2].shape[1], stops[number // 2])
            values[block] += weight * above / score * member.contributions(x[block]).values
        for member in self.agreement_:
            all_blocks = slice(0, stops[self._n_blocks - 1])
            values[all_blocks] += of_agreement * member.contributions(x[all_blocks]).values
        return Contributions(values, float(self._join(scores)[0] - values.sum()))

    def _weights_in_join(self, scores: Floats) -> tuple[Floats, float]:
        """Return by how much each member's standardised logarithm counts in the score of a clip, and the agreement."""
        logs = self._logs(scores)
        views = _standardised(self._views(logs), self.view_scale_)[0]
        counted = self._bounded(views[None])[0]
        below = counted - counted.max()
        of_views = below == 0.0 if self.weights_ is None else self.weights_ * np.exp(_LIFT * below)
        of_views = of_views / of_views.sum() / self.view_scale_[1]
        bounded = counted < views
        of_views[bounded] *= counted[bounded] / views[bounded]
        blocks = _standardised(self._of_blocks(logs), self.block_scale_)[0]
        of_blocks = np.zeros(len(blocks))
        of_blocks[0] += of_views[0]
        if self.agreement_:
            half = round(self._n_blocks / 2)
            of_blocks[np.argsort(blocks[: self._n_blocks])[-half:]] += of_views[1] / half
        if self._behind:
            of_blocks[self._n_blocks :] += of_views[-len(self._behind) :]
        return np.repeat(of_blocks / self.block_scale_[1] / 2, 2), float(of_views[2]) if self.agreement_ else 0.0

    @property
    def _behind(self) -> list[tuple[int, float]]:
        """Number of columns and weight of each view behind the blocks: the tail, the fine spectrum and the dynamics."""
        left, found = self.tail if self.tail < self.n_features_ else 0, []
        several = [self.dynamics] if isinstance(self.dynamics, int) else self.dynamics
        for width, weight in [*((width, _DYNAMICS) for width in reversed(several)), (self.fine, _FINE), (left, _TAIL)]:
            if taken := min(width, left):
                found.append((taken, weight))
                left -= taken
        return found[::-1]

    @property
    def _n_dynamics(self) -> int:
        """Number of views of the dynamics."""
        return sum(weight == _DYNAMICS for _, weight in self._behind)

    @property
    def _n_blocks(self) -> int:
        """Number of blocks before the tail."""
        n = self.n_features_ - sum(width for width, _ in self._behind)
        return n // self.bands if self.bands is not None and n % self.bands == 0 else 1

    def _blocks(self, X: Floats) -> list[Floats]:
        """Return the blocks, and behind them those of the tail, the fine spectrum and the dynamics."""
        widths = [width for width, _ in self._behind]
        n = self.n_features_ - sum(widths)
        behind = np.split(X[:, n:], np.cumsum(widths)[:-1], axis=1) if widths else []
        return [*np.split(X[:, :n], self._n_blocks, axis=1), *behind]

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
        """Return the views, a column each: first block, higher half of all, agreement, and those behind."""
        blocks = _standardised(self._of_blocks(logs), self.block_scale_)
        views = [blocks[:, 0]]
        if self.agreement_:
            half = round(self._n_blocks / 2)
            higher = np.sort(blocks[:, : self._n_blocks], axis=1)[:, -half:].mean(axis=1)
            views += [higher, logs[:, -1]]
        return np.stack([*views, *blocks[:, self._n_blocks :].T], axis=1)

    def _bounded(self, views: Floats) -> Floats:
        """Return standardised views as they count in the join: of the dynamics, which come last, the logarithm."""
        n = views.shape[1] - self._n_dynamics
        high = np.maximum(views[:, n:] - _BOUND, 0)
        return np.hstack([views[:, :n], np.minimum(views[:, n:], _BOUND) + np.log1p(high)])

    def _join(self, scores: Floats) -> Floats:
        views = self._bounded(_standardised(self._views(self._logs(scores)), self.view_scale_))
        highest: Floats = views.max(axis=1)
        if self.weights_ is None:
            return highest
        joined: Floats = highest + np.log(np.exp(_LIFT * (views - highest[:, None])) @ self.weights_) / _LIFT
        return joined


def _scale(scores: Floats) -> Floats:
    """Return mean and standard deviation of each column, shape (2, n_columns)."""
    spread = scores.std(axis=0)
    return np.stack([scores.mean(axis=0), np.where(spread > _TINY, spread, 1.0)])


def _standardised(scores: Floats, scale: Floats) -> Floats:
    standard: Floats = (scores - scale[0]) / scale[1]
    return standard
