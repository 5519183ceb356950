from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import offkey
from offkey.decision import Threshold
from offkey.errors import AudioError, ParameterError
from offkey.hearing.inputs import read_clips
from offkey.model import Model


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> Model:
    return offkey.fit(normal_folder, detector="mahalanobis")


@pytest.mark.parametrize("given", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_an_error_of_its_clip_and_never_normal(
    normal_folder: Path, hum, monkeypatch: pytest.MonkeyPatch, given: float
) -> None:
    model = offkey.fit(normal_folder)
    monkeypatch.setattr(model.detector, "score", lambda X: np.array([given, 0.0])[: len(X)])
    bad, good = model.score([hum(1), hum(2)], rate=16_000)
    assert (bad.score, bad.p_value, bad.anomalous) == (None, None, None)
    assert "which decides nothing" in str(bad.error)
    assert good.error is None
    with pytest.raises(AudioError, match="decides nothing"):
        model.score(hum(1), rate=16_000)
    with pytest.raises(AudioError, match="decides nothing"):
        model.score_window(hum(1))


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.0, 1.4])
@pytest.mark.parametrize("domains", [None, ["source"] * 16 + ["target"] * 8])
@pytest.mark.parametrize("settings", [{}, {"detector": "gmm", "features": "stats"}])
def test_a_window_scores_as_the_clip_does(normal_folder: Path, hum, settings, domains, seconds: float) -> None:
    model = fitted(normal_folder, None if domains is None else tuple(domains), **settings)
    for number in range(3):
        sound = hum(300 + number, seconds=seconds, tone_hz=None if number else 2000)
        expected = model.score(sound, rate=16_000).score
        assert model.score_window(sound) == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert model.score_window(sound.astype(np.float64).tolist()) == model.score_window(sound)
        whole = np.round(sound * 2**15).astype(np.int16)
        assert model.score_window(whole) == pytest.approx(model.score(whole, rate=16_000).score, rel=1e-9, abs=1e-12)


@cache
def fitted(folder: Path, domains: tuple[str, ...] | None, **settings: str) -> Model:
    return offkey.fit(folder, domains=None if domains is None else list(domains), **settings)


@pytest.mark.parametrize(
    ("bad", "error", "why"),
    [
        (np.zeros(16_000, np.float32), AudioError, "the window is digital silence"),
        (np.full(16_000, np.nan), AudioError, "the window holds samples that are NaN"),
        (np.ones(100, np.float32), AudioError, "the window is too short"),
        ([], AudioError, "the window holds no sound"),
        (np.ones((16_000, 2), np.float32), ParameterError, r"of shape \(n,\)"),
        (np.ones(160_000, np.float32), ParameterError, "at most 1.5 s long"),
        (np.ones(16_000, np.uint8), ParameterError, "uint8"),
    ],
)
def test_what_is_no_window_is_refused_in_a_sentence(normal_folder: Path, bad, error, why: str) -> None:
    with pytest.raises(error, match=why):
        fitted(normal_folder, None).score_window(bad)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_threshold_is_a_number(value: float) -> None:
    with pytest.raises(ParameterError, match="must be a finite score"):
        Threshold(value, 0.05, extrapolated=False)


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_threads_that_score_at_once_score_alike_and_give_back_the_threads_of_linear_algebra(model: Model, hum) -> None:
    clips = [hum(number) for number in range(200, 208)]
    expected = [model.score(clip, rate=16_000, jobs=1) for clip in clips]
    with threadpool_limits(2, user_api="blas"), ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda clip: model.score(clip, rate=16_000, jobs=1), clips)) == expected
        assert blas_threads() == {2}


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_who_stops_half_way_through_results_has_all_threads_of_linear_algebra(
    model: Model, normal_folder: Path, jobs: int
) -> None:
    with threadpool_limits(2, user_api="blas"):
        results = model.results(read_clips(normal_folder, None).sources, jobs=jobs)
        next(results)
        assert blas_threads() == {2}


def test_a_clip_that_cannot_be_scored_gives_the_threads_back(model: Model) -> None:
    with threadpool_limits(2, user_api="blas"):
        with pytest.raises(AudioError):
            model.score(np.zeros(16_000), rate=16_000)
        assert blas_threads() == {2}
