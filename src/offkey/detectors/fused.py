"""Several detectors joined into one: the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval, Numbers, OneOf, Parts, SequenceOf
from offkey.detectors.base import Beside, Contributions, Detector, Floats
from offkey.detectors.cycle import cycle_scores, divided, learn_scored
from offkey.detectors.domains import domain_moves
from offkey.detectors.folds import fold_numbers
from offkey.detectors.joining import CYCLE, MOVING, STEADY, Layout, evidence, responsibility, scale, standardised
from offkey.detectors.local_mahalanobis import LocalMahalanobis
from offkey.detectors.paired import TINY, Paired
from offkey.detectors.spectral_angle import SpectralAngle
from offkey.detectors.subband_density import SubBandDensity
from offkey.detectors.trimming import Known, least_like_others, n_trimmed
from offkey.features.cycle import CYCLE as CYCLE_COLUMNS
from offkey.work.thread_pool import Threads

__all__ = ["Fused"]

_FEW = 50  # clips with which the pair and the angle count alike


class Fused(Paired):
    """Sub-band density, local Mahalanobis distance and spectral angle of the steady sound, and views of its changes.

    A feature vector may hold several blocks of adjacent bands, the mean over time first, followed by views: columns
    that describe how the sound moves in time. A pair of members, `SubBandDensity` and `LocalMahalanobis`, scores the
    first block and each view. The logarithm of each score is standardised by the member's cross-validated scores of the
    training clips, and the two are averaged. Scores are standardised before joining as in arXiv 2606.19269 (2026).

    If the blocks are levels, `SpectralAngle` is a third member of the steady view, since new background noise changes
    it least. The pair needs covariances, which take many clips to learn: with n clips it counts (n / 50)² times as
    much.

    The views are joined by the sum of ``log(1 - w + w exp(L z - L² / 2)) / L``. If the scores z of normal clips were
    independent and normally distributed, this would be the log-likelihood ratio of a fault that raises each view by L
    standard deviations with probability w. No test finds more such faults (lemma of J. Neyman & E. Pearson,
    Philosophical Transactions of the Royal Society A 231, 1933). New noise in all views adds about the same to every
    clip; with a maximum, the highest view alone would decide.

    The last columns may describe the cycle in which strokes recur (`offkey.features.cycle`). Departures from it are a
    view only if nearly all training clips share one period (`offkey.detectors.cycle`). A clip with another period, or
    none, gets no score from this view.

    If there are few clips, the members of the steady view do not learn those least like the others
    (`offkey.detectors.trimming`), since a fault that was learnt would hide all later faults like it. These clips are
    scored as new ones, so that the calibration includes them. docs/choices.md lists what else was tried.

    Parameters
    ----------
    bands : int or None, default None
        Number of columns of one block; None for one block. If the columns before the views are not a whole number of
        blocks, they are one block.
    levels : int, default 0
        Number of blocks, from the first, that are levels in dB.
    views : sequence of int or None, default None
        Number of columns of each view after the blocks; None for no views.
    cycle : bool, default False
        Whether the last columns, after the views, describe the cycle.
    trim : float or None, default None
        Share of the training clips that are not learnt from, those least like the others. None: a tenth of 100 clips,
        and a smaller share of more or of fewer. Without blocks of levels none is left out.
    folds : int or None, default None
        Number of folds to cross-validate the members' scores in, unless `fit_scored` is given another; None for the
        number that `enough_folds` returns.
    seed : int, default 0
        Seed of the assignment to folds.
    """

    name = "fused"
    assumes = "a normal clip is like some of those learnt; each member is wrong somewhere else"
    cost = "that of its members in the first block and in every view"
    learnt: ClassVar = {
        "members_": Parts("score"),
        "angle_": Parts("score", empty=True),
        "member_scale_": Numbers("2 members"),
        "pair_scale_": Numbers("2 pairs"),
        "view_scale_": Numbers("2 views"),
        "evidence_": Numbers("2 views", positive=True),
        "shares_": Numbers("2", positive=True),
        "cycle_": Numbers("2 cycle", optional=True),
    }
    rules: ClassVar = {
        "bands": Interval(int, 1, or_none=True),
        "levels": Interval(int, 0),
        "views": SequenceOf(Interval(int, 1), or_none=True),
        "cycle": OneOf((True, False)),
        "trim": Interval(float, 0, 0.5, or_none=True),
        "folds": Interval(int, 2, or_none=True),
        "seed": Interval(int, 0),
    }
    asks: ClassVar = {
        "logmel": {
            "pooling": [1.0, 1.02],
            "deviation": False,
            "change": False,
            "transients": True,
            "modulation": True,
            "cycle": True,
        }
    }
    min_clips = 5
    knows_domains = True  # its members do, each of which moves them by itself, and in each fold without those held out

    angle_: list[Detector]
    pair_scale_: Floats
    view_scale_: Floats
    evidence_: Floats
    shares_: Floats
    cycle_: Floats | None = None
    """Mean and spread of the cycle in the training clips; None where they have no common period."""

    def __init__(
        self,
        *,
        bands: int | None = None,
        levels: int = 0,
        views: Sequence[int] | None = None,
        cycle: bool = False,
        trim: float | None = None,
        folds: int | None = None,
        seed: int = 0,
    ) -> None:
        self.bands = bands
        self.levels = levels
        self.views = views
        self.cycle = cycle
        self.trim = trim
        self.folds = folds
        self.seed = seed

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> type[Detector]:
        """Return the class of a saved detector: models of earlier versions were joined in another way."""
        from offkey.detectors.fused_earlier import EarlierFused

        return cls if "evidence_" in state["learnt"] else EarlierFused

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
        own = np.arange(len(array)) if groups is None else np.asarray(groups)
        return self._learn(array, names, own, self.folds if folds is None else folds, seed, beside)

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, domains, np.arange(len(X)), self.folds, self.seed)

    def trimmed(self, X: ArrayLike, *, domains: ArrayLike | None = None) -> NDArray[np.intp]:
        """Return the rows of the training clips that would not vouch for others; see `Detector.trimmed`.

        None where the blocks are no levels.
        """
        array = self._checked(X)
        count = n_trimmed(len(array)) if self.trim is None else int(self.trim * len(array))
        if not self.levels or not count or len(array) - count < self.min_clips:
            return np.empty(0, np.intp)
        first = array[:, self._layout_of(array.shape[1]).first]
        if domains is not None:  # a domain of few clips is no fault
            moves, of = domain_moves(first, np.asarray(domains))
            first = first - moves[of]
        return least_like_others(first, count)

    def _learn(
        self,
        X: Floats,
        domains: NDArray[Any] | None,
        groups: NDArray[Any],
        folds: int | None,
        seed: int,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit the members and their scales; return the joined cross-validated scores, and those of `beside`."""
        rows, of = self._beside(beside)
        odd, none = self.trimmed(X, domains=domains), np.empty(0, np.intp)
        steady, moving = (Known.of(len(X), out, np.concatenate([out, of]), groups) for out in (odd, none))
        self.members_ = [kind() for _ in self.layout.pairs for kind in (SubBandDensity, LocalMahalanobis)]
        self.angle_ = [SpectralAngle()] if self.levels else []

        def fit_scored(task: tuple[Detector, slice]) -> Floats:
            member, part = task
            known = steady if part.start == 0 else moving
            new = np.concatenate([X[known.odd], rows])[:, part]
            return known.fit_scored(member, X[:, part], new, domains=domains, folds=folds, seed=seed)

        scores = np.stack(list(Threads().map(fit_scored, self._members())), axis=1)
        fold = fold_numbers(len(X), self._folds(len(X), folds), seed=seed, domains=domains, groups=groups)
        of_cycle = self._learn_cycle(X, fold, rows, fold[of])
        scores = np.column_stack([scores, *of_cycle])
        self._learn_scales(scores[steady.stay], len(steady.stay))
        return self._join(scores)

    def _learn_cycle(
        self, X: Floats, fold: NDArray[np.intp], rows: Floats, fold_of_rows: NDArray[np.intp]
    ) -> list[Floats]:
        """Learn the cycle; return the cross-validated scores by it, none where the clips have no common period."""
        self.cycle_, columns = None, self.layout.cycle
        if self.cycle and X[:, columns].shape[1]:
            self.cycle_, scores = learn_scored(X[:, columns], fold, rows[:, columns], fold_of_rows)
        return [] if self.cycle_ is None else [scores]

    def _learn_scales(self, scores: Floats, n: int) -> None:
        """Learn centre and spread at each stage of the join from cross-validated scores of the clips that vouch."""
        more = (n / _FEW) ** 2
        self.shares_ = np.array([more, 1.0]) / (more + 1)
        logs = np.log(np.maximum(scores, TINY))
        self.member_scale_ = scale(logs)
        self.pair_scale_ = scale(self._of_pairs(logs))
        self.view_scale_ = scale(self._views(logs))
        n_views = self.view_scale_.shape[1]
        has_cycle = self.cycle_ is not None
        self.evidence_ = np.array([STEADY, *[MOVING] * (n_views - 1 - has_cycle), *[CYCLE] * has_cycle]).T

    def _score(self, X: Floats) -> Floats:
        return self._join(self._scores(X))

    def _scores(self, X: Floats) -> Floats:
        """Return the score of each member, a column each, and behind them those of the angle and by the cycle."""
        of_pairs = self._of_members([X[:, part] for part in self.layout.pairs])
        of_angle = [member._likeliest(X[:, self.layout.levels]) for member in self.angle_]
        of_cycle = []
        if self.cycle_ is not None:
            usual = float(np.exp(self.member_scale_[0, -1]))
            of_cycle.append(cycle_scores(self.cycle_, X[:, self.layout.cycle], usual))
        return np.column_stack([of_pairs, *of_angle, *of_cycle])

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the score as it is joined, from the views back to the members.

        Each view counts by the posterior probability that a fault shows in it, as the components of a mixture do (see
        `GMM`); what is left is no feature's. Each view is a weighted sum of members. A member's standardised logarithm
        is divided in proportion to what features add to the member.
        """
        scores, values = self._scores(x[None]), np.zeros(len(x))
        weights = self._weights(scores)
        for number, (member, part) in enumerate(self._members()):
            values[part] += weights[number] * self._divided(member, number, float(scores[0, number]), x[part])
        if self.cycle_ is not None:
            above = standardised(np.log(scores[:, -1:]), self.member_scale_[:, -1:])[0, 0]
            values[self.layout.cycle] += weights[-1] * above * divided(self.cycle_, x[self.layout.cycle])
        return Contributions(values, float(self._join(scores)[0] - values.sum()))

    def _weights(self, scores: Floats) -> Floats:
        """Return by how much the standardised logarithm of each member counts in the score of a clip."""
        logs = np.log(np.maximum(scores, TINY))
        of_views = responsibility(standardised(self._views(logs), self.view_scale_), self.evidence_)[0]
        of_views = of_views / self.view_scale_[1]
        of_pairs = np.zeros(self.pair_scale_.shape[1])
        pair, angle = self.shares_ if self.angle_ else (1.0, 0.0)
        of_pairs[0] = of_views[0] * pair
        n_others = self.layout.n_others
        if n_others:
            pairs = standardised(self._of_pairs(logs), self.pair_scale_)[0, 1 : 1 + n_others]
            half = max(1, round(n_others / 2))
            of_pairs[1 + np.argsort(pairs)[-half:]] = of_views[1] / half
        n_pairs = len(of_pairs)
        of_pairs[1 + n_others :] = of_views[1 + bool(n_others) :][: n_pairs - 1 - n_others]
        members = np.repeat(of_pairs / self.pair_scale_[1] / 2, 2)
        of_angle = [of_views[0] * angle] if self.angle_ else []
        return np.array([*members, *of_angle, *(of_views[-1:] if self.cycle_ is not None else [])])

    def _views(self, logs: Floats) -> Floats:
        """Return the views, a column each: steady, the higher half of other blocks, those behind them, the cycle."""
        pairs, n_others = standardised(self._of_pairs(logs), self.pair_scale_), self.layout.n_others
        steady = pairs[:, 0]
        if self.angle_:
            angle = standardised(logs, self.member_scale_)[:, len(self.members_)]
            steady = self.shares_[0] * steady + self.shares_[1] * angle
        views = [steady]
        if n_others:
            half = max(1, round(n_others / 2))
            views.append(np.sort(pairs[:, 1 : 1 + n_others], axis=1)[:, -half:].mean(axis=1))
        behind = list(pairs[:, 1 + n_others :].T)
        if self.cycle_ is not None:
            behind.append(standardised(logs, self.member_scale_)[:, -1])
        return np.stack([*views, *behind], axis=1)

    def _join(self, scores: Floats) -> Floats:
        views = standardised(self._views(np.log(np.maximum(scores, TINY))), self.view_scale_)
        return evidence(views, self.evidence_)

    @property
    def layout(self) -> Layout:
        """The columns of the blocks and views that it was fitted on."""
        return self._derived("layout", lambda: self._layout_of(self.n_features_))

    def _layout_of(self, n_features: int) -> Layout:
        cycle = len(CYCLE_COLUMNS) if self.cycle else 0
        return Layout.of(n_features, self.bands, self.levels, self.views or (), cycle)

    def _members(self) -> list[tuple[Detector, slice]]:
        """Return each member and the columns that it sees, the angle last."""
        pairs = [part for part in self.layout.pairs for _ in range(2)]
        seen = [*pairs, *[self.layout.levels] * len(self.angle_)]
        return list(zip([*self.members_, *self.angle_], seen, strict=True))
