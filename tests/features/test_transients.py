from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import offkey
from offkey.features import create
from offkey.features.transients import CLICKS, DIPS, clicks, dips, knocks

RATE = 16_000


def _noise(seed: int = 0, n: int = RATE) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n).astype(np.float32)


def _frames(n: int = 312) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(64, n)).astype(np.float32)


def _clicked(times: int, size: float = 20) -> np.ndarray:
    sound = _noise()
    for place in range(times):
        sound[2000 + 3000 * place : 2016 + 3000 * place] *= size
    return sound


def test_three_clicks_stand_out_as_far_as_they_are_loud_and_one_a_third_as_far() -> None:
    quiet = clicks(_noise(), RATE)
    assert quiet.shape == (len(CLICKS),)
    assert quiet[:3].max() < 5  # a block of noise beside the louder one of two others
    three, one = clicks(_clicked(3), RATE), clicks(_clicked(1), RATE)
    np.testing.assert_allclose(three[:3], 10 * np.log10(20**2 * 16 / 64), atol=4)  # a fourth of a block, 26 dB louder
    np.testing.assert_allclose(one - quiet, (three - quiet) / 3, atol=2)


def test_a_step_of_the_level_is_no_click() -> None:
    step = _noise()
    step[RATE // 2 :] *= 20
    np.testing.assert_allclose(clicks(step, RATE), clicks(_noise(), RATE), atol=2)


def test_a_dropout_shows_as_the_dip_of_its_bands() -> None:
    out = _frames()
    out[:16, 100:108] -= 12
    found = dips(out) - dips(_frames())
    assert found.shape == (len(DIPS),)
    assert found[1] < -10  # the lowest quarter
    assert -4 < found[0] < -2  # all bands, a fourth of which fall
    assert not found[2:].any()


def test_a_knock_shows_in_its_group_alone_though_it_fills_one_band() -> None:
    struck = _frames()
    struck[9, 5::16] += 10  # the third group: bands 8 to 11
    found = knocks(struck) - knocks(_frames())
    assert found.shape == (16,)
    assert found[2] > 4
    assert not np.delete(found, 2).any()
    np.testing.assert_array_equal(knocks(struck, [2, 5]), knocks(struck)[[2, 5]])


def test_a_knock_in_the_last_frames_counts() -> None:
    struck, n = _frames(), 311
    struck[20, n - 1] += 40
    assert knocks(struck[:, :n])[5] > knocks(_frames()[:, :n])[5] + 2


@given(st.floats(-40, 40))
def test_gain_does_not_matter(gain_db: float) -> None:
    louder = _noise() * np.float32(10 ** (gain_db / 20))
    np.testing.assert_allclose(clicks(louder, RATE), clicks(_noise(), RATE), atol=1e-2)
    frames = _frames() + np.float32(gain_db)
    np.testing.assert_allclose(dips(frames), dips(_frames()), atol=1e-3)
    np.testing.assert_allclose(knocks(frames), knocks(_frames()), atol=1e-3)


@pytest.mark.parametrize("rate", [2_000, 8_000, 44_100])
def test_the_shortest_clips_have_them_and_silent_ones_too(rate: int) -> None:
    front_end = create("logmel", n_mels=16, transients=True, modulation=True)
    for sound in (_noise(n=front_end.min_samples(rate)), np.zeros(rate, np.float32)):
        assert np.isfinite(front_end.vector(sound, rate)).all()


def test_they_stand_behind_the_lulls_under_their_names(hum) -> None:
    front_end = create("logmel", keep=[3, 130, 144], transients=True, modulation=True)
    assert front_end.detector_params() == {"bands": 1, "views": (6, 10, 8), "levels": 1}
    assert front_end.moving == 18
    names = front_end.feature_names(16_000)
    assert names[13:22] == [*CLICKS, *DIPS]
    assert names[22] == "knock_" + names[7].removeprefix("lull_0.38s_")
    group, whole = front_end.parts(16_000)[-2:]
    assert (whole.keep, whole.name, whole.columns) == (144, "clicks and dips of all bands", tuple(range(13, 22)))
    assert group.name == "lulls, knocks and modulation of bands 16 to 23"
    assert group.columns == (*range(7, 13), *range(22, 31))
    vector = front_end.vector(hum(), 16_000)
    np.testing.assert_array_equal(vector[13:17], clicks(hum(), 16_000))


def test_the_default_model_hears_clicks_in_a_machine_whose_level_wavers(hum) -> None:
    def clip(seed: int) -> np.ndarray:
        rng, t = np.random.default_rng(seed), np.arange(48_000) / RATE
        wave = 1 + 0.5 * np.sin(2 * np.pi * (rng.uniform(0.3, 1) * t + rng.random()))
        return (hum(seed, seconds=3.0) * wave * 10 ** (rng.uniform(-6, 6) / 20)).astype(np.float32)

    clips, clicked, clean = [clip(k) for k in range(30)], clip(50), clip(50)
    burst = 0.2 * np.random.default_rng(1).normal(size=(3, 16)) * np.exp(-np.arange(16) / 4)
    for start, one in zip((4000, 13_000, 22_000), burst.astype(np.float32), strict=True):
        clicked[start : start + 16] += one
    raised = []
    for params in ({}, {"transients": False, "modulation": False}):
        model = offkey.fit(clips, rate=RATE, features_params=params)
        raised.append(model.score(clicked, rate=RATE).score - model.score(clean, rate=RATE).score)
    assert raised[0] > raised[1] + 1
