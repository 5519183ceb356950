"""The contract of detectors, as checks that any package can run on its own."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from offkey.components.written import written_and_read
from offkey.detectors.base import Beside, Detector, Floats
from offkey.detectors.folds import fold_numbers
from offkey.detectors.from_moments import FromMoments
from offkey.detectors.moments import Moments
from offkey.detectors.registry import find
from offkey.errors import NotFittedError, OffkeyError, ParameterError

__all__ = ["CHECKS", "check_detector"]

Make: TypeAlias = Callable[[], Detector]


def check_detector(name: str, **params: Any) -> None:
    """Run every check on a registered detector.

    Parameters
    ----------
    name : str
        The name in the registry.
    **params
        Constructor arguments that differ from the defaults, for instance to make the checks quick.

    Raises
    ------
    AssertionError
        For the first check that the detector fails; the message says which.

    Examples
    --------
    >>> from offkey.detectors import check_detector
    >>> check_detector("knn")
    """
    for check in CHECKS:
        check(lambda: find(name)(**params))


def check_constructor(make: Make) -> None:
    """Check that constructor arguments are stored as they come, unchecked, and that each has a rule."""
    cls = type(make())
    anything = {param: object() for param in cls.defaults()}
    stored = vars(cls(**anything))
    for param, value in anything.items():
        _expect(stored.get(param) is value, make, f"its constructor does not store '{param}' as it comes")
        _expect(param in cls.rules, make, f"its parameter '{param}' has no rule")
    _expect(set(stored) == set(anything), make, "its constructor sets more than its arguments")


def check_deterministic(make: Make) -> None:
    """Check that two detectors fitted alike score alike, and that fitting twice equals fitting once."""
    X, new = _normals(60), _normals(9, seed=1)
    first, second = make().fit(X), make().fit(X)
    _equal(second.score(new), first.score(new), make, "two fits on the same clips score differently")
    _equal(first.fit(_normals(30, seed=2)).fit(X).score(new), second.score(new), make, "fitting twice is not once")


def check_rows_alone(make: Make) -> None:
    """Check that a clip's score depends neither on the clips scored with it nor on their order."""
    detector, new = make().fit(_normals(60)), _normals(25, seed=1)
    scores = detector.score(new)
    _expect(scores.shape == (25,) and scores.dtype == np.float64, make, "scores are not one float a clip")
    _expect(bool(np.isfinite(scores).all()), make, "scores are not finite")
    alone = np.concatenate([detector.score(row[None]) for row in new])
    _equal(alone, scores, make, "a clip alone scores other than in a batch")
    order = np.random.default_rng(3).permutation(len(new))
    _equal(detector.score(new[order]), scores[order], make, "scores depend on the order of clips")
    _expect(detector.score(np.empty((0, new.shape[1]))).shape == (0,), make, "no clips must give no scores")


def check_inputs_untouched(make: Make) -> None:
    """Check that no input is changed, and that what was learnt does not change with it later."""
    X, new = _normals(40), _normals(5, seed=1)
    kept_X, kept_new = X.copy(), new.copy()
    detector = make().fit(X)
    scores = detector.score(new)
    _expect(bool((kept_X == X).all() and (kept_new == new).all()), make, "an input array was changed")
    X += 100
    _equal(detector.score(kept_new), scores, make, "scores change with the training array after the fit")


def check_saved(make: Make) -> None:
    """Check that a detector rebuilt from its state, through .npy and JSON, or pickled, scores exactly as before."""
    detector, new = make().fit(_normals(40)), _normals(9, seed=1)
    loaded = Detector.from_state(written_and_read(detector.state()))
    _expect(loaded.name == detector.name, make, "from_state gives another detector")
    _expect(bool((loaded.score(new) == detector.score(new)).all()), make, "a loaded detector scores differently")
    copied = pickle.loads(pickle.dumps(detector))  # noqa: S301 - our own
    _expect(bool((copied.score(new) == detector.score(new)).all()), make, "a pickled detector scores differently")


def check_cross_validated(make: Make) -> None:
    """Check that `fit_scored` fits as `fit` does, and that its scores are like those of new normal clips."""
    X, new = _normals(60), _normals(200, seed=1)
    detector = make()
    scores = detector.fit_scored(X)
    _expect(scores.shape == (60,) and bool(np.isfinite(scores).all()), make, "cross-validated scores are not finite")
    _equal(detector.score(new), make().fit(X).score(new), make, "fit_scored learns other than fit")
    share = (scores[:, None] > detector.score(new)).mean()
    _expect(0.3 < share < 0.7, make, f"cross-validated scores exceed new normal clips' in {share:.0%} of pairs")
    groups = np.arange(60) // 3
    both = make().fit_scored(X, groups=groups, beside=Beside(X[50:], np.arange(50, 60)))
    _expect(both.shape == (70,), make, "fit_scored cannot hold groups out, or score other versions of clips")
    _equal(both[60:], both[50:60], make, "a version that equals its clip is scored differently")


def check_groups(make: Make) -> None:
    """Check that clips of one group, held out together, score like those of new groups: none vouches for another."""
    if not type(make()).learns:
        return
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 4)
    X = rng.normal(size=(20, 12))[groups] + 0.05 * rng.normal(size=(80, 12))
    detector = make()
    scores = detector.fit_scored(X, groups=groups, folds=10)
    alone = make().fit_scored(X, folds=10)
    _expect(not np.array_equal(scores, alone), make, "fit_scored ignores groups")
    share = (scores[:, None] > detector.score(rng.normal(size=(200, 12)))).mean()
    _expect(
        0.25 < share < 0.75, make, f"scores of clips whose group is held out exceed new ones' in {share:.0%} of pairs"
    )


def check_moments(make: Make) -> None:
    """Check that a detector which can learn from moments learns the same as from the clips, with and without folds."""
    detector, X, new = make(), _normals(60), _normals(9, seed=1)
    if not isinstance(detector, FromMoments):
        return
    moments = Moments.merged(Moments.of(part) for part in np.split(X, 6))
    scores = detector.fit_moments_scored(moments, X[::2], folds=10)
    _equal(detector.score(new), make().fit(X).score(new), make, "moments say other than clips")
    out = fold_numbers(30, 10) == 0
    rest = np.delete(X, np.arange(0, 60, 2)[out], axis=0)
    _equal(scores[out], make().fit(rest).score(X[::2][out]), make, "a clip is scored by moments that hold it")


def check_outlier(make: Make) -> None:
    """Check that all scores are finite and a far outlier's are higher, whatever the clips are like; if it learns."""
    if not type(make()).learns:
        return
    for word, X in _awkward().items():
        if word == "large numbers" and type(make()).takes_levels:  # no sound has such levels
            continue
        detector = make().fit(X)
        far = X.mean(axis=0) + 100 * (X.std(axis=0).max() + 1) * (np.arange(X.shape[1]) % 2 == 0)  # of another shape
        scores, outlier = detector.score(X), detector.score(far[None])
        _expect(bool(np.isfinite(scores).all() and np.isfinite(outlier).all()), make, f"not finite for {word}")
        above = (
            outlier[0] >= scores.max() if word in ("identical clips", "one feature") else outlier[0] > np.median(scores)
        )
        _expect(bool(above), make, f"a far outlier is not above normal clips for {word}")
        _expect(bool(np.isfinite(make().fit_scored(X)).all()), make, f"fit_scored is not finite for {word}")


def check_contributions(make: Make) -> None:
    """Check that what features add to the score of a clip is finite and sums up to it, in domains as well."""
    X, new = _normals(60), _normals(6, seed=1)
    new[3:] += 4 * np.eye(12)[:3]
    for domains in (None, np.repeat(["source", "target"], [45, 15])):
        detector = make().fit(X, domains=domains)
        for row, score in zip(new, detector.score(new), strict=True):
            values, rest = detector.contributions(row)
            _expect(values.shape == row.shape, make, "contributions are not one number per feature")
            _expect(bool(np.isfinite(values).all()), make, "contributions are not finite")
            _equal(np.array([values.sum() + rest]), np.array([score]), make, "contributions do not sum up to the score")
    if not type(make()).learns:
        return
    if type(make())._contributions is not Detector._contributions:  # it says how its score is divided
        far = X.mean(axis=0) + 9 * X.std(axis=0)[5] * np.eye(12)[5]
        adds = make().fit(X).contributions(far).values
        _expect(int(np.argmax(adds)) == 5, make, "the feature that is far out does not add most")
    for word, X in _awkward().items():
        values, rest = make().fit(X).contributions(X[0])
        _expect(bool(np.isfinite([*values, rest]).all()), make, f"contributions are not finite for {word}")


def check_domains(make: Make) -> None:
    """Check that the domain of each clip is taken, whether it is used or not."""
    X = np.vstack([_normals(50), _normals(5, seed=1) + 2])
    domains = np.repeat(["source", "target"], [50, 5])
    scores = make().fit(X, domains=domains).score(X)
    _expect(bool(np.isfinite(scores).all()), make, "not finite with domains")
    _expect(make().fit_scored(X, domains=domains).shape == (55,), make, "fit_scored does not take domains")
    _raises(ParameterError, lambda: make().fit(X, domains=domains[:7]), make, "too few domains")


def check_messages(make: Make) -> None:
    """Check that what is wrong with an input is said in one sentence."""
    X = _normals(40)
    holed = X.copy()
    holed[3, 1] = np.nan
    fitted = make().fit(X)
    _raises(ParameterError, lambda: make().fit(X[0]), make, "a 1-D array")
    _raises(ParameterError, lambda: make().fit(X[:, :0]), make, "no features")
    _raises(ParameterError, lambda: make().fit([["a", "b"]] * 40), make, "words")
    _raises(ParameterError, lambda: make().fit(holed), make, "NaN in fit")
    _raises(ParameterError, lambda: fitted.score(holed), make, "NaN in score")
    _raises(ParameterError, lambda: fitted.score(X[:, 1:]), make, "a wrong number of features")
    _raises(ParameterError, lambda: make().fit(X[:1]), make, "too few clips")
    _raises(NotFittedError, lambda: make().score(X), make, "scoring before fitting")
    _raises(NotFittedError, lambda: make().contributions(X[0]), make, "dividing a score before fitting")
    _raises(ParameterError, lambda: fitted.contributions(X[0, 1:]), make, "a clip with a wrong number of features")
    _raises(ParameterError, lambda: fitted.contributions(X), make, "several clips at once")
    for param in type(make()).defaults():
        wrong = make()
        setattr(wrong, param, {"not": "possible"})
        _raises(ParameterError, lambda wrong=wrong: wrong.fit(X), make, f"a bad '{param}'")  # type: ignore[misc]


CHECKS: tuple[Callable[[Make], None], ...] = (
    check_constructor,
    check_deterministic,
    check_rows_alone,
    check_inputs_untouched,
    check_saved,
    check_cross_validated,
    check_groups,
    check_moments,
    check_outlier,
    check_contributions,
    check_domains,
    check_messages,
)
"""All checks; each takes a function that makes a new detector."""


def _normals(n: int, *, d: int = 12, seed: int = 0) -> Floats:
    """Return clips that vary mostly in a few directions, as spectra do."""
    ways = np.random.default_rng(7).normal(size=(3, d))
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)) @ ways + 0.3 * rng.normal(size=(n, d)) - 20


def _awkward() -> dict[str, Floats]:
    constant = _normals(40)
    constant[:, ::3] = -20.0
    return {
        "20 clips": _normals(20),
        "more features than clips": _normals(25, d=90),
        "constant features": constant,
        "duplicated clips": np.repeat(_normals(15), 4, axis=0),
        "identical clips": np.repeat(_normals(1), 30, axis=0),
        "one feature": _normals(30, d=1),
        "tiny numbers": 1e-9 * _normals(30),
        "large numbers": 1e9 * _normals(30),
    }


def _expect(holds: bool, make: Make, otherwise: str) -> None:
    if not holds:
        raise AssertionError(f"The detector '{make().name}' breaks a promise: {otherwise}.")


def _equal(found: Floats, expected: Floats, make: Make, otherwise: str) -> None:
    close = np.allclose(found, expected, rtol=1e-9, atol=1e-9 * max(float(np.abs(expected).max()), 1e-300))
    _expect(close, make, otherwise)


def _raises(kind: type[OffkeyError], call: Callable[[], object], make: Make, cause: str) -> None:
    """Expect one sentence from the kind of error that a cause must have."""
    try:
        call()
    except kind as error:
        text = str(error)
        _expect(text.endswith(".") and "\n" not in text, make, f"its message on {cause} is no sentence: {text!r}")
        return
    except Exception as error:
        raise AssertionError(
            f"The detector '{make().name}' raises {error!r} on {cause}, not {kind.__name__}."
        ) from error
    _expect(False, make, f"it accepts {cause}")
