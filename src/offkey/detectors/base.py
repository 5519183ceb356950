"""The base of all detectors: features of normal clips in, anomaly scores of new clips out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Component, Numbers, Size
from offkey.detectors.domains import domain_moves
from offkey.detectors.folds import enough_folds, fold_numbers
from offkey.errors import NotFittedError, ParameterError, check_installed
from offkey.work.library_threads import one_blas_thread

__all__ = ["MEAN", "STANDARDISED_MEAN", "Beside", "Contributions", "Detector", "Floats", "Together"]

Floats: TypeAlias = NDArray[np.float64]
Together: TypeAlias = Callable[[Sequence[Floats]], Floats]
"""The columns of clips that each of several detectors sees, to their scores, shape (n_detectors, n_clips)."""
T = TypeVar("T")


MEAN: Mapping[str, Any] = {"logmel": {"pooling": [1.0], "deviation": False, "change": False, "lulls": False}}
"""The mean alone: a detector that takes all features as one vector loses weak faults among a thousand numbers."""
STANDARDISED_MEAN: Mapping[str, Any] = {"logmel": {**MEAN["logmel"], "normalisation": "standard"}}
"""The same in units of each feature's deviation, for detectors that do not scale features themselves."""

_ROWS = 1024
"""Clips scored at a time, so that memory does not grow with their number."""


class Contributions(NamedTuple):
    """A score, divided among the features of its clip: ``values.sum() + rest`` is the score."""

    values: Floats  # shape (n_features,); what each feature adds
    rest: float = 0.0  # what is no feature's: constants, such as what the centre of the normal clips scores


@dataclass(frozen=True)
class Beside:
    """Versions of training clips, such as shorter ones, which `Detector.fit_scored` scores but never learns from."""

    rows: NDArray[Any]  # shape (n_beside, n_features); their features
    of: NDArray[np.intp]  # shape (n_beside,); number of the training clip that each is a version of


class Detector(Component, ABC):
    """Base class of all detectors; a subclass implements `_fit`, `_score` and, to explain scores, `_contributions`.

    Constructor arguments are the whole configuration. Learnt attributes end in ``_`` and are arrays, JSON values, or
    lists of detectors, so that `state` finds them.

    Attributes
    ----------
    assumes : str
        What must hold of normal clips for the detector to work, for the documentation.
    cost : str
        How the time of fitting n clips and of scoring one grows with n and with d features.
    learns : bool
        Whether scores depend on the training clips. If not, a far outlier need not score high, and the detector may
        require features of one kind.
    min_clips : int
        The fewest training clips that `fit` accepts, 2 unless a subclass needs more.
    dtype : type
        Type of the arrays that `_fit` and `_score` get; single precision halves the memory of long vectors.
    knows_domains : bool
        Whether `_fit` handles domains itself; otherwise they are moved onto one another first.
    asks : mapping of str to mapping
        For each front end by name, the parameters that `offkey.fit` uses unless others are given; by default the mean
        of `logmel` alone.
    takes_levels : bool
        Whether features must be levels in dB.
    learns_with : tuple of (str, str) or None
        Optional module that `fit` needs, and the extra of offkey that installs it.
    most_folds : int
        Largest number of folds in cross-validation unless `folds` is given; lower for detectors that fit slowly.
    n_features_ : int
        Number of features seen in `fit`.
    moves_ : ndarray of float, shape (n_moves, n_features)
        Set if `fit` was given domains: the offset of each domain from the one with most clips.

    Examples
    --------
    >>> from offkey.detectors import Detector
    >>> class Level(Detector):
    ...     name = "level"
    ...
    ...     def _fit(self, X, domains):
    ...         self.mean_ = X.mean()
    ...
    ...     def _score(self, X):
    ...         return abs(X.mean(axis=1) - self.mean_)
    >>> Level().fit(X).score(X_new).shape
    (3,)
    """

    assumes: ClassVar[str] = ""
    cost: ClassVar[str] = ""
    learns: ClassVar[bool] = True
    min_clips: ClassVar[int] = 2
    dtype: ClassVar[type[np.floating[Any]]] = np.float64
    knows_domains: ClassVar[bool] = False
    asks: ClassVar[Mapping[str, Any]] = MEAN
    takes_levels: ClassVar[bool] = False
    learnt: ClassVar = {"n_features_": Size("features"), "moves_": Numbers("moves features", optional=True)}
    learns_with: ClassVar[tuple[str, str] | None] = None
    most_folds: ClassVar[int] = 100
    n_features_: int

    def fit(self, X: ArrayLike, *, domains: ArrayLike | None = None) -> Self:
        """Learn from the features of normal clips.

        Parameters
        ----------
        X : array_like of float, shape (n_clips, n_features)
            Features of normal clips, all finite.
        domains : array_like of shape (n_clips,), optional
            The domain of each clip, such as ``"source"`` and ``"target"``. Domains with few clips are moved onto the
            one with most (see `offkey.detectors.domains`). `score` needs no domains: a clip gets its lowest score in
            any of them.

        Returns
        -------
        Self
            The detector itself, fitted.

        Raises
        ------
        ParameterError
            If a constructor argument breaks its rule, or `X` or `domains` is not as described.
        """
        array, names = self._accept(X, domains)
        self._fit(array, names)
        return self

    def score(self, X: ArrayLike) -> Floats:
        """Return the anomaly score of each clip; higher is more anomalous.

        Parameters
        ----------
        X : array_like of float, shape (n_clips, n_features)
            Features of clips, all finite.

        Returns
        -------
        ndarray of float, shape (n_clips,)
            The scores.

        Raises
        ------
        NotFittedError
            If `fit` was not called before.
        ParameterError
            If `X` is not as described.
        """
        array = self._of_fitted(X)
        if not len(array):
            return np.empty(0)
        with one_blas_thread():
            return self._in_blocks(array, self._likeliest)

    def contributions(self, x: ArrayLike) -> Contributions:
        """Return what each feature of one clip adds to its score.

        Each detector documents how it divides its score. A distance is divided in proportion to the squares under its
        root (by L. Euler's theorem on homogeneous functions, each feature then adds its value times the slope of the
        distance along it).

        Parameters
        ----------
        x : array_like of float, shape (n_features,)
            Features of the clip, all finite.

        Returns
        -------
        Contributions
            Their sum is the score. A detector of another package that does not divide its score puts all of it in
            `rest`.

        Raises
        ------
        NotFittedError
            If `fit` was not called before.
        ParameterError
            If `x` is not as described.

        Examples
        --------
        >>> from offkey.detectors import create
        >>> detector = create("knn").fit(X)
        >>> values, rest = detector.contributions(X_new[0])
        >>> bool(np.isclose(values.sum() + rest, detector.score(X_new[:1])[0]))
        True
        """
        rows: Any = [x]
        row = self._of_fitted(rows)[0]
        with one_blas_thread():
            if hasattr(self, "moves_"):  # as of the domain in which it scores lowest
                scores = [float(self._score((row - move)[None])[0]) for move in self.moves_]
                row = row - self.moves_[int(np.argmin(scores))]
            return self._contributions(row)

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
        """Fit, and score each training clip by a copy that was fitted without it.

        New normal clips can be expected to score like these cross-validated scores. Calibration and the joining of
        detectors use them.

        Parameters
        ----------
        X, domains
            As in `fit`.
        groups : array_like of shape (n_clips,), optional
            Clips of one group are held out together; each clip its own group by default.
        folds : int, optional
            Number of folds; by default as in `enough_folds`, and at most `most_folds`.
        seed : int, default 0
            Seed of the assignment to folds.
        beside : Beside, optional
            Other versions of some clips, which are scored but not learnt from: each by the copy that scores its clip.

        Returns
        -------
        ndarray of float, shape (n_clips,) or (n_clips + n_beside,)
            The cross-validated scores, in the order of `X`, followed by those of `beside`.
        """
        self.fit(X, domains=domains)
        array, names = self._checked(X), None if domains is None else np.asarray(domains)
        fold = fold_numbers(len(array), self._folds(len(array), folds), seed=seed, domains=domains, groups=groups)
        rows, of = self._beside(beside)
        scores, fold_beside = np.empty(len(array) + len(rows)), fold[of]
        with one_blas_thread():
            for number in range(int(fold.max()) + 1):
                out = fold == number
                if (~out).sum() < self.min_clips:
                    raise ParameterError(
                        f"'{self.name}' has too few clips to cross-validate: {len(array)} in {fold.max() + 1} folds."
                    )
                copy = type(self)(**self.params())
                copy.fit(array[~out], domains=None if names is None else names[~out])
                out_beside = fold_beside == number
                scores[np.concatenate([out, out_beside])] = copy.score(np.concatenate([array[out], rows[out_beside]]))
        return scores

    def trimmed(self, X: ArrayLike, *, domains: ArrayLike | None = None) -> NDArray[np.intp]:
        """Return the rows of training clips too unlike the others to learn from: none, unless a subclass trims.

        Parameters
        ----------
        X, domains
            As in `fit`.

        Returns
        -------
        ndarray of int, shape (n_trimmed,)
            In ascending order.
        """
        return np.empty(0, np.intp)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor arguments by name, as scikit-learn expects of an estimator.

        Parameters
        ----------
        deep : bool, default True
            Ignored: no argument has arguments of its own.

        Returns
        -------
        dict
            As of `params`.
        """
        return self.params()

    def set_params(self, **params: Any) -> Self:
        """Change constructor arguments as scikit-learn does; the next `fit` checks their values.

        Parameters
        ----------
        **params
            New values by name.

        Returns
        -------
        Self

        Raises
        ------
        ParameterError
            If there is no such argument; then none is changed.
        """
        self.check_names("detector", params)
        for name, value in params.items():
            setattr(self, name, value)
        return self

    @classmethod
    def together(cls, detectors: Sequence[Self]) -> Together:
        """Return a function that scores clips by several fitted detectors, each of which gets its own columns.

        A class whose detectors can share steps does so, since many short steps dominate the time of one clip.

        Parameters
        ----------
        detectors : sequence of Detector
            Fitted on the same clips with the same parameters.

        Returns
        -------
        callable
            See `Together`; the clips must be checked.
        """
        return lambda blocks: np.stack([one.score(block) for one, block in zip(detectors, blocks, strict=True)])

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Detector:
        """Return the detector that `state` describes.

        Parameters
        ----------
        state : mapping
            From the method `state`, or read from a file.

        Returns
        -------
        Detector
        """
        from offkey.detectors.registry import restore  # the registry knows the classes, which know this base

        return restore(state)

    def check_extra(self) -> None:
        """Check that the optional module of `learns_with` is installed.

        Raises
        ------
        MissingExtraError
            If it is not; the message names the extra.
        """
        if self.learns_with is not None:
            module, extra = self.learns_with
            check_installed(extra, f"The detector '{self.name}'", module)

    @staticmethod
    def _in_blocks(array: Floats, score: Callable[[Floats], Floats]) -> Floats:
        """Score checked clips, some at a time."""
        return np.concatenate([score(array[start : start + _ROWS]) for start in range(0, len(array), _ROWS)])

    def _folds(self, n: int, asked: int | None) -> int:
        """Return the number of folds for `n` clips."""
        return min(enough_folds(n), self.most_folds) if asked is None else asked

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle or a copy holds: not what follows from the rest."""
        return {name: value for name, value in vars(self).items() if name != "_kept"}

    def _derived(self, key: str, make: Callable[[], T]) -> T:
        """Return what follows from the learnt attributes alone, and is made once after each fit, or after loading."""
        kept: dict[str, T] = vars(self).setdefault("_kept", {})
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def _likeliest(self, array: Floats) -> Floats:
        """Score some clips, each as of the domain in which it scores lowest."""
        if not hasattr(self, "moves_"):
            return self._score(array)
        likeliest: Floats = np.min([self._score(array - move) for move in self.moves_], axis=0)
        return likeliest

    def _accept(self, X: ArrayLike, domains: ArrayLike | None) -> tuple[Floats, NDArray[Any] | None]:
        """Check the parameters and what `fit` was given, and return it as arrays, domains moved together."""
        self.check_params()
        self.check_extra()
        array = self._checked(X)
        if len(array) < self.min_clips:
            raise ParameterError(
                f"'{self.name}' needs at least {self.min_clips} clips to fit. Got {len(array)} instead."
            )
        names = None if domains is None else np.asarray(domains)
        if names is not None and names.shape != (len(array),):
            raise ParameterError(
                f"'domains' must have one entry per clip, shape ({len(array)},). Got shape {names.shape} instead."
            )
        self.n_features_ = array.shape[1]
        vars(self).pop("moves_", None)
        vars(self).pop("_kept", None)
        if names is not None and not self.knows_domains:
            self.moves_, of_clip = domain_moves(array, names)
            array = array - self.moves_[of_clip]
        return array, names

    def _beside(self, beside: Beside | None) -> tuple[Floats, NDArray[np.intp]]:
        """Return other versions of clips, checked, and the clip of each; none where there are none."""
        if beside is None:
            return np.empty((0, self.n_features_)), np.empty(0, np.intp)
        return self._checked(beside.rows), np.asarray(beside.of)

    def _of_fitted(self, X: ArrayLike) -> Floats:
        """Return clips, checked, for a detector that is fitted on as many features."""
        if not hasattr(self, "n_features_"):
            raise NotFittedError(
                f"The detector '{self.name}' is not fitted: call fit(X) with normal clips before score(X)."
            )
        array = self._checked(X)
        if array.shape[1] != self.n_features_:
            raise ParameterError(
                f"'{self.name}' was fitted on {self.n_features_} features a clip. Got {array.shape[1]} instead."
            )
        return array

    def _checked(self, X: ArrayLike) -> Floats:
        try:
            array = np.asarray(X, dtype=self.dtype)
        except (TypeError, ValueError) as error:
            raise ParameterError(
                f"X must be an array of numbers, one row per clip, for '{self.name}': {error}."
            ) from error
        if array.ndim != 2 or array.shape[1] == 0:
            raise ParameterError(
                f"X must have shape (n_clips, n_features), one row per clip, for '{self.name}'; got {array.shape}."
            )
        bad = ~np.isfinite(array).all(axis=1)
        if bad.any():
            raise ParameterError(
                f"X must be finite for '{self.name}': {int(bad.sum())} of {len(array)} rows hold NaN or infinity, "
                f"the first is row {int(np.argmax(bad))}."
            )
        return array

    @abstractmethod
    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        """Learn from checked features; set the attributes that end in ``_``."""

    @abstractmethod
    def _score(self, X: Floats) -> Floats:
        """Score checked features, at least one row; each row alone, whatever the others are."""

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the score of one clip, checked features, among these; left whole where a subclass does not say how."""
        return Contributions(np.zeros_like(x), float(self._score(x[None])[0]))
