from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.features import create
from offkey.features.lulls import WINDOWS_FRAMES, group_edges, lulls

FRAME_S = 0.032


def _strokes(period_s: float, weak_db: float = 0, weak: int | None = None, seconds: float = 10) -> np.ndarray:
    """Return 32 bands of strokes of 20 dB over silence; every `weak`-th of them is weaker."""
    frames = np.zeros((32, round(seconds / FRAME_S)), np.float32)
    for number, start_s in enumerate(np.arange(0, seconds, period_s)):
        height = 20 - weak_db * (weak is not None and number % weak == 2)
        frames[:, round(start_s / FRAME_S) :][:, :5] = height
    return frames


@given(st.floats(0.4, 2.0))
def test_weak_strokes_show_in_some_window_for_any_period(period_s: float) -> None:
    regular, weak = lulls(_strokes(period_s)), lulls(_strokes(period_s, 10, 3))
    whole = [k for k, frames in enumerate(WINDOWS_FRAMES) if frames * FRAME_S > period_s + 0.2]
    assert regular[whole].max(initial=0) < 1
    assert (weak - regular).max() > 6


@pytest.mark.parametrize(("gone", "lull"), [(8, 0.0), (30, 20.0)])
def test_what_stays_away_for_less_than_a_tenth_of_the_clip_is_no_lull(gone: int, lull: float) -> None:
    """Of 101 windows of four cells, five or 27 lie wholly where a steady sound is 20 dB weaker."""
    frames = np.zeros((32, 3 * 104), np.float32)
    frames[:, 90 : 90 + 3 * gone] = -20
    np.testing.assert_allclose(lulls(frames)[0], lull, atol=1e-4)


@given(st.floats(-40, 40))
def test_gain_does_not_matter(gain_db: float) -> None:
    frames = _strokes(0.9, 20, 4) - 60
    np.testing.assert_allclose(lulls(frames + np.float32(gain_db)), lulls(frames), atol=1e-3)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 11, 12, 13, 70])
def test_a_window_longer_than_the_clip_has_no_lull(n_frames: int) -> None:
    found = lulls(np.random.default_rng(0).normal(size=(128, n_frames)).astype(np.float32))
    assert found.shape == (len(WINDOWS_FRAMES), 16)
    for row, window in zip(found, WINDOWS_FRAMES, strict=True):
        assert (row >= 0).all()
        assert (row > 0).any() == (n_frames // 3 > window // 3)


def test_groups_are_adjacent_and_few_bands_stand_for_themselves() -> None:
    assert group_edges(128) == list(range(0, 129, 8))
    assert group_edges(8) == list(range(9))
    frames = np.random.default_rng(0).normal(size=(8, 90)).astype(np.float32)
    np.testing.assert_allclose(lulls(frames[2:3]), lulls(frames)[:, 2:3], atol=1e-5)


def test_lulls_stand_behind_the_blocks_under_their_names(hum) -> None:
    front_end = create("logmel", keep=[3, 4, 130])
    assert (front_end.bands, front_end.tail) == (2, 6)
    part = front_end.parts(16_000)[-1]
    assert (part.keep, part.name) == (130, "lulls of bands 16 to 23")
    assert part.columns == tuple(range(14, 20))
    whole = create("logmel").vector(hum(), 16_000)[7 * 128 : 7 * 128 + 96].reshape(6, 16)
    np.testing.assert_array_equal(front_end.vector(hum(), 16_000)[14:], whole[:, 2])
    assert create("logmel", keep=[130]).bands is None
