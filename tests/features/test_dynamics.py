from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import offkey
from offkey.features import create
from offkey.features.dynamics import MEASURES, dynamics

RATE_HZ = 31.25


def _noise(seed: int = 0, n: int = 312) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(32, n)).astype(np.float32)


def _raised(change: np.ndarray, *, group: int = 3) -> dict[str, float]:
    """Return by how much a change of the level of one group of bands, in dB, raises each of its measures."""
    frames = _noise()
    frames[2 * group : 2 * group + 2] += change.astype(np.float32)
    moved = dynamics(frames, RATE_HZ) - dynamics(_noise(), RATE_HZ)
    assert not moved[:, [k for k in range(16) if k != group]].any()
    return dict(zip(MEASURES, moved[:, group].tolist(), strict=True))


def _swing(rate_hz: float) -> str:
    """Return the name of the measure that a rate lies in."""
    edges = np.geomspace(0.4, 15.6, 9)
    return MEASURES[5 + int(np.searchsorted(edges, rate_hz)) - 1]


def test_a_click_shows_in_the_greatest_rises_and_in_the_peak() -> None:
    click = np.zeros(312)
    click[100] = 20
    raised = _raised(click)
    assert raised["peak"] > 10
    assert raised["rise_max"] > 3
    assert abs(raised["rise_p90"]) < 1


def test_a_dropout_shows_in_the_dip() -> None:
    out = np.zeros(312)
    out[100:108] = -12
    raised = _raised(out)
    assert raised["dip"] < -8
    assert abs(raised["peak"]) < 1


@given(st.floats(0.5, 14))
def test_a_beat_shows_at_its_rate(rate_hz: float) -> None:
    raised = _raised(6 * np.sin(2 * np.pi * rate_hz * np.arange(312) / RATE_HZ))
    swings = {name: value for name, value in raised.items() if name.startswith("swing")}
    near = {_swing(rate_hz), _swing(rate_hz * 0.93), _swing(min(rate_hz * 1.07, 15))}
    assert max(swings, key=swings.__getitem__) in near
    assert max(swings.values()) > 8


@given(st.floats(-40, 40))
def test_gain_does_not_matter(gain_db: float) -> None:
    found = dynamics(_noise() + np.float32(gain_db), RATE_HZ)
    np.testing.assert_allclose(found, dynamics(_noise(), RATE_HZ), atol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 3, 8, 30])
def test_short_clips_have_dynamics_too(n: int) -> None:
    found = dynamics(_noise(n=n), RATE_HZ)
    assert found.shape == (13, 16)
    assert np.isfinite(found).all()


def test_they_stand_behind_the_lulls_under_their_names(hum) -> None:
    front_end = create("logmel", keep=[3, 130], dynamics=True)
    assert front_end.detector_params() == {"bands": 1, "views": (6, 13), "levels": 1}
    assert create("logmel").detector_params() == {"bands": 128, "views": (96,), "levels": 1}
    part = front_end.parts(16_000)[-1]
    assert (part.keep, part.name, part.columns) == (130, "lulls and dynamics of bands 16 to 23", tuple(range(7, 26)))
    names = front_end.feature_names(16_000)
    assert names[12].startswith("lull_2.21s_")
    assert names[13:15] == [name + names[12][10:] for name in ("rise_max", "rise_p99")]
    whole = create("logmel", dynamics=True).vector(hum(), 16_000)
    np.testing.assert_array_equal(whole[:992], create("logmel").vector(hum(), 16_000)[:992])
    np.testing.assert_allclose(front_end.vector(hum(), 16_000)[13:], whole[992:].reshape(13, 16)[:, 2], atol=1e-3)


def test_parts_of_a_clip_have_those_of_their_frames(hum) -> None:
    front_end, clip = create("logmel", dynamics=True), hum(seconds=3.0)
    (middle,) = front_end.middles(clip, 16_000, [16_000])
    start = (front_end.frames(clip, 16_000).shape[1] - 30) // 2 * 512
    np.testing.assert_allclose(middle, front_end.vector(clip[start : start + 16_000], 16_000), atol=1e-2)


def test_a_model_with_them_hears_clicks_and_is_saved_as_such(hum, tmp_path) -> None:
    clips = [hum(k) for k in range(30)]
    clicks = [hum(50 + k) for k in range(6)]
    for clip in clicks:
        clip[4000:4040] += np.float32(0.2 * np.abs(clip).max())
    with_them = offkey.fit(
        clips, rate=16_000, features_params={"dynamics": True, "transients": False, "modulation": False}
    )
    assert with_them.detector.params()["views"] == (96, 208)
    with_them.save(tmp_path / "m.offkey")
    loaded = offkey.load(tmp_path / "m.offkey")
    assert [loaded.score(clip, rate=16_000) for clip in clicks] == [
        with_them.score(clip, rate=16_000) for clip in clicks
    ]
