from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from offkey.explain.normal_levels import deviations, own_deviations, with_quantiles
from offkey.model.reference import profile

BANDS, FRAMES = 12, 60


def _clip(seed: int, mean_db: float) -> np.ndarray:
    """Return a clip whose bands rise and fall together by 10 dB, at a moment of its own."""
    rng = np.random.default_rng(seed)
    swing = 5 * np.sin(np.arange(FRAMES) / 5 + rng.uniform(0, 6))
    return (mean_db + swing + 0.5 * rng.normal(size=(BANDS, FRAMES))).astype(np.float32)


@pytest.fixture(scope="module")
def reference() -> Any:
    """Ten clips of a machine that idles, and ten of it at work, 30 dB louder."""
    clips = [_clip(number, -60.0) for number in range(10)] + [_clip(number, -30.0) for number in range(10, 20)]
    return SimpleNamespace(profiles=np.array([profile(clip) for clip in clips]))


@pytest.mark.parametrize("mean_db", [-60.0, -30.0])
def test_a_clip_is_compared_with_the_normal_clips_most_alike(reference: Any, mean_db: float) -> None:
    away = deviations(_clip(99, mean_db), reference)
    assert np.abs(away).mean() < 1.5


def test_a_fault_in_some_bands_deviates_there_alone(reference: Any) -> None:
    clip = _clip(99, -30.0)
    clip[3:5] += 20
    away = deviations(clip, reference)
    assert away[3:5].mean() > 10
    assert np.abs(np.delete(away, [3, 4], axis=0)).mean() < 1.5


def test_what_is_pulled_keeps_its_order_and_takes_the_levels_of_a_normal_clip() -> None:
    clip, normal = _clip(0, -30.0), _clip(1, -60.0)
    pulled = with_quantiles(clip, profile(normal))
    np.testing.assert_array_equal(pulled.argsort(axis=1), clip.argsort(axis=1))
    np.testing.assert_allclose(np.median(pulled, axis=1), np.median(normal, axis=1), atol=0.5)


def test_without_normal_clips_a_moment_is_compared_with_the_clips_own_median() -> None:
    clip = np.zeros((2, 40), np.float32)
    clip[1, 7:10] = 10
    away = own_deviations(clip)
    assert (away[1, 7:10] == 5).all()  # of the least that a standard deviation is taken to be, 2 dB
    assert not away[0].any()
