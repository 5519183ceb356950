from __future__ import annotations

import numpy as np
import pytest

from offkey.decision import share_bound
from offkey.detectors.moments import Moments
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model.config import make_config
from offkey.model.fitting.fit_features import fit_features
from offkey.model.fitting.population import Population
from offkey.model.model import Model

DOMAINS = np.array(["source"] * 160 + ["target"] * 40)


@pytest.fixture
def X() -> np.ndarray:
    """200 clips of 6 features of unlike units, the last 40 of another domain."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 3)) @ rng.normal(size=(3, 6)) + 0.3 * rng.normal(size=(200, 6))
    vectors[160:] += 2
    return (vectors * [1, 10, 100, 1, 1, 0.1] + 50).astype(np.float32)


def _heard(X: np.ndarray, rows: np.ndarray) -> list[ClipFeatures]:
    return [ClipFeatures(f"{row:04d}", [WindowFeatures(0.0, 10.0, X[row])], f"{row:064x}") for row in rows]


def _population(X: np.ndarray, domains: np.ndarray) -> Population:
    moments = {str(name): Moments.of(X[domains == name]) for name in np.unique(domains)}
    windows = {name: each.count for name, each in moments.items()}
    return Population(len(X), windows, 10.0 * len(X), "0" * 64, moments)


def _fitted(X: np.ndarray, rows: np.ndarray, population: Population | None = None, **options: object) -> Model:
    domains = options.pop("domains", None)
    told = None if domains is None else [str(domain) for domain in np.asarray(domains)[rows]]
    config = make_config(**options)
    return fit_features(_heard(X, rows), config=config, rate=16_000, domains=told, population=population)


@pytest.mark.parametrize("detector", ["mahalanobis", "pca_residual"])
@pytest.mark.parametrize("features", ["mfcc", "stats"])
def test_of_mean_and_covariance_all_clips_count(detector: str, features: str, X: np.ndarray) -> None:
    every, sample = np.arange(200), np.arange(0, 200, 4)
    options = {"detector": detector, "features": features, "domains": DOMAINS}
    whole = _fitted(X, every, **options)
    model = _fitted(X, sample, _population(X, DOMAINS), **options)
    assert np.allclose(model.scores(X), whole.scores(X), rtol=1e-9)
    assert not np.allclose(model.scores(X), _fitted(X, sample, **options).scores(X), rtol=1e-3)
    on = model.fitted_on
    assert (on.clips, on.windows, on.seconds) == (200, 200, 2000.0)
    assert on.domains == {"source": 160, "target": 40} == whole.fitted_on.domains
    assert on.notes[-1] == (
        "Fitted on the mean and covariance of 200 clips, its threshold on 50 of them, drawn by their content: no "
        "false-alarm rate exceeds its promise by more than 0.19 (95 %)."
    )
    alone = _fitted(X, sample, _population(X, np.full(200, "")), detector=detector, features=features)
    assert np.allclose(alone.scores(X), _fitted(X, every, detector=detector, features=features).scores(X), rtol=1e-9)
    assert alone.fitted_on.domains == {}


def test_other_detectors_are_fitted_on_the_sample_in_units_of_all_clips(X: np.ndarray) -> None:
    sample = np.arange(0, 200, 4)
    model = _fitted(X, sample, _population(X, DOMAINS), detector="knn", features="stats", domains=DOMAINS)
    assert model.standardiser is not None
    assert np.allclose(model.standardiser.mean, X.mean(axis=0, dtype=float), rtol=1e-12)
    assert np.allclose(model.standardiser.scale, X.std(axis=0, dtype=float), rtol=1e-9)
    assert (model.fitted_on.clips, model.fitted_on.domains) == (50, {"source": 40, "target": 10})
    assert "Fitted on 50 of 200 clips, drawn by their content" in model.fitted_on.notes[-1]


def test_without_moments_the_sample_stands_for_all(X: np.ndarray) -> None:
    sample = np.arange(0, 200, 4)
    population = Population(200, {"": 200}, 2000.0, "0" * 64)
    model = _fitted(X, sample, population, detector="mahalanobis", features="stats")
    assert model.fitted_on.clips == 50
    assert np.array_equal(model.scores(X), _fitted(X, sample, detector="mahalanobis", features="stats").scores(X))


@pytest.mark.parametrize("detector", ["knn", "mahalanobis"])
def test_the_bound_of_a_sample_holds(detector: str) -> None:
    """In 95 % of samples, and where all clips' moments are known on both sides; for scores of seen clips it does not.

    A copy of a detector that was fitted on a part of a sample scores others higher than one that was fitted on all of
    it: that makes thresholds cautious, and only false alarms are bounded.
    """
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(3000, 2)) @ rng.normal(size=(2, 5)) + 0.3 * rng.normal(size=(3000, 5))).astype(np.float32)
    population = _population(X, np.full(3000, ""))
    bound, held = share_bound(150), 0
    for _ in range(40):
        sample = np.sort(rng.choice(3000, 150, replace=False))
        model = _fitted(X, sample, population, detector=detector, features="mfcc", false_alarm_rate=0.1)
        scores = np.delete(model.scores(X), sample)
        more, fewer = _above(model.calibration.normal_scores, scores)
        held += (more if detector == "knn" else max(more, fewer)) <= bound
        assert (scores > model.threshold.value).mean() <= 0.1 + bound
        if detector == "knn":
            assert _above(model.scores(X[sample]), scores)[0] > bound
    assert held >= 38


def _above(few: np.ndarray, many: np.ndarray) -> tuple[float, float]:
    """Return by how much the share of many scores above a threshold exceeds that of few at most, and falls below it."""
    at = np.sort(np.concatenate([few, many]))
    of_few, of_many = (1 - np.searchsorted(np.sort(scores), at, side="right") / len(scores) for scores in (few, many))
    return float((of_many - of_few).max()), float((of_few - of_many).max())
