from __future__ import annotations

import numpy as np
import pytest

from offkey.explain.explanation import Contributions
from offkey.explain.normal_levels import deviations, own_deviations, with_quantiles
from offkey.explain.occlusion import average, occlude
from offkey.explain.regions import find_regions
from offkey.model import Model
from offkey.model.reference import levels_of, profile

RATE = 16_000


def test_levels_pulled_to_their_own_profile_stay_as_they_are(hum) -> None:
    levels = levels_of(hum(0), RATE)
    assert np.abs(with_quantiles(levels, profile(levels)) - levels).mean() < 0.5


def test_levels_pulled_to_another_profile_have_it(hum) -> None:
    levels, other = levels_of(hum(0, tone_hz=3000), RATE), levels_of(hum(1), RATE)
    assert np.abs(profile(with_quantiles(levels, profile(other))) - profile(other))[2:-2].max() < 2.0


def test_occlusion_of_everything_makes_the_clip_normal_again(keeping_model: Model, hum) -> None:
    sound = hum(50, tone_hz=3000)
    levels = levels_of(sound, RATE)
    normal = keeping_model.reference.profiles[0]
    found = occlude(keeping_model, sound, levels, with_quantiles(levels, normal))
    assert found.score == pytest.approx(keeping_model.score(sound, rate=RATE).score, rel=1e-6)
    assert found.normal_score < found.score / 2
    assert average([found, found]).bands == pytest.approx(found.bands)
    of_times = occlude(keeping_model, sound, levels, with_quantiles(levels, normal), only_times=True)
    assert of_times.times == pytest.approx(found.times)
    assert len(of_times.bands) == 0


def test_occlusion_of_nothing_changes_nothing(keeping_model: Model, hum) -> None:
    sound = hum(51)
    levels = levels_of(sound, RATE)
    found = occlude(keeping_model, sound, levels, levels)
    assert found.normal_score == pytest.approx(found.score)
    assert np.abs(found.bands).max() < 1e-6
    assert np.abs(found.times).max() < 1e-6


def test_deviations_are_of_the_order_of_one_in_a_normal_clip_and_large_at_a_tone(keeping_model: Model, hum) -> None:
    reference = keeping_model.reference
    normal = deviations(levels_of(hum(52), RATE), reference)
    assert np.sqrt(np.mean(normal**2)) < 2.5
    tone = deviations(levels_of(hum(53, tone_hz=3000), RATE), reference)
    assert tone[np.argmax(np.abs(tone).mean(axis=1))].min() > 5


def test_own_deviations_stand_out_of_the_clips_own_median() -> None:
    levels = np.full((4, 40), -60, np.float32)
    levels[2, 10:14] = -40
    away = own_deviations(levels)
    assert away[2, 12] == pytest.approx(10)
    assert not away[0].any()


def test_a_region_is_where_deviation_and_contribution_meet() -> None:
    away = np.zeros((10, 50), np.float32)
    away[3:5, 20:30] = 8
    away[8, :] = 6  # deviates as well, but adds nothing
    edges = np.stack([np.arange(10) * 100.0, np.arange(1, 11) * 100.0], axis=1)
    bands = Contributions(np.array([0.0, 600.0, 1000.0]), np.array([1.0, -0.1]), False, "")
    times = Contributions(np.linspace(0, 51 * 0.1, 2), np.array([1.0]), False, "")
    (region,) = find_regions(away, edges, 0.1, bands, times)
    assert (region.low_hz, region.high_hz, region.higher) == (300, 500, True)
    assert region.deviation == pytest.approx(8)
    (span,) = region.spans_s
    assert span == pytest.approx((2.05, 3.05), abs=0.25)
    nothing = Contributions(bands.edges, np.array([-1.0, -1.0]), False, "")
    assert find_regions(away, edges, 0.1, nothing, times) == []
