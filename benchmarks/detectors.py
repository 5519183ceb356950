"""Detectors beside scikit-learn's, on one core: ``python -m benchmarks.detectors [--clips 1000]``.

Features are drawn (see `benchmarks.growth`), as long as the default vector; as many clips are fitted as are scored.
scikit-learn's learners get the parameters of offkey's. Processor time, the best of several turns. `fused` has no
equivalent; beside it stands the local outlier factor, the nearest in kind.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.growth import default, drawn, vector_length
from benchmarks.tables import print_head, print_row
from benchmarks.timing import best_s, held_to

Floats = NDArray[np.float64]
Fit = Callable[[Floats], Callable[[Floats], object]]


@dataclass(frozen=True)
class Pair:
    """A detector of offkey, and what scikit-learn has for the same."""

    detector: str
    peer: str
    fit: Fit


def neighbours(X: Floats) -> Callable[[Floats], object]:
    """Fit `NearestNeighbors`; the score is the mean distance to the neighbours."""
    from sklearn.neighbors import NearestNeighbors

    fitted = NearestNeighbors(n_neighbors=1).fit(X)
    return lambda new: fitted.kneighbors(new)[0].mean(axis=1)


def outlier_factor(X: Floats) -> Callable[[Floats], object]:
    """Fit `LocalOutlierFactor`."""
    from sklearn.neighbors import LocalOutlierFactor

    return LocalOutlierFactor(n_neighbors=min(20, len(X) - 1), novelty=True).fit(X).score_samples


def mixture(X: Floats) -> Callable[[Floats], object]:
    """Fit `GaussianMixture`."""
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(2, reg_covar=0.001 * X.var(axis=0).mean(), random_state=0).fit(X).score_samples


def shrunk_covariance(X: Floats) -> Callable[[Floats], object]:
    """Fit `LedoitWolf`; `EllipticEnvelope` needs more clips than features."""
    from sklearn.covariance import LedoitWolf

    return LedoitWolf().fit(X).mahalanobis


def forest(X: Floats) -> Callable[[Floats], object]:
    """Fit `IsolationForest`."""
    from sklearn.ensemble import IsolationForest

    return IsolationForest(n_estimators=100, max_samples=min(256, len(X)), random_state=0).fit(X).score_samples


def support_vectors(X: Floats) -> Callable[[Floats], object]:
    """Fit `OneClassSVM`."""
    from sklearn.svm import OneClassSVM

    return OneClassSVM(nu=0.1, gamma="scale").fit(X).score_samples


def components(X: Floats) -> Callable[[Floats], object]:
    """Fit `PCA`; the score is how far the reconstruction is off."""
    from sklearn.decomposition import PCA

    fitted = PCA(0.99, svd_solver="full").fit(X)
    return lambda new: np.linalg.norm(new - fitted.inverse_transform(fitted.transform(new)), axis=1)


PAIRS = [
    Pair("knn", "`NearestNeighbors`", neighbours),
    Pair("lof", "`LocalOutlierFactor`", outlier_factor),
    Pair("gmm", "`GaussianMixture`", mixture),
    Pair("mahalanobis", "`LedoitWolf`", shrunk_covariance),
    Pair("isolation_forest", "`IsolationForest`", forest),
    Pair("ocsvm", "`OneClassSVM`", support_vectors),
    Pair("pca_residual", "`PCA`", components),
    Pair("fused", "`LocalOutlierFactor`", outlier_factor),
]


def ours(name: str) -> Fit:
    """Return how a detector of offkey is fitted, told of the default front end what it asks for."""
    return lambda X: default(name).fit(X).score


def best(fits: dict[str, Fit], X: Floats, new: Floats, **options: Any) -> tuple[dict[str, float], dict[str, float]]:
    """Return the seconds of fitting and of scoring of each."""
    fit_s = best_s({name: partial(fit, X) for name, fit in fits.items()}, **options)
    return fit_s, best_s({name: partial(fit(X), new) for name, fit in fits.items()}, **options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(arguments)
    units = ("fit: ms", "x scikit-learn's", "score: ms a clip", "x scikit-learn's")
    print_head("detector", f"beside ({args.clips} clips)", "features", *units, words=2)
    with held_to(1):
        for pair in PAIRS:
            d = vector_length(pair.detector)
            X, new = drawn(args.clips, d), drawn(args.clips, d, seed=1)
            both = {"ours": ours(pair.detector), "theirs": pair.fit}
            best(both, X[:50], new[:1], rounds=1)  # imports, and whatever else is done once
            fit_s, score_s = best(both, X, new, rounds=args.rounds, most_s=4)
            row = f"{1000 * fit_s['ours']:.1f}", f"{fit_s['ours'] / fit_s['theirs']:.2f}"
            row += f"{1000 * score_s['ours'] / len(new):.3f}", f"{score_s['ours'] / score_s['theirs']:.2f}"
            print_row(f"`{pair.detector}`", pair.peer, str(d), *row)


if __name__ == "__main__":
    main()
