"""Clicks, dips and knocks in graphs."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.features.logmel import LogMel

FRONT_END = LogMel(pooling=(1.0,), deviation=False, change=False, lulls=False, transients=True)


def test_a_click_a_dropout_and_a_knock_stand_out_by_as_much(export) -> None:
    rng = np.random.default_rng(0)
    sounds = 0.01 * rng.normal(size=(4, 32_000))
    sounds[1, 12_345] += 0.8
    sounds[2, 9000:12_000] *= 1e-3
    ringing = np.exp(-np.arange(1500) / 300) * np.sin(np.arange(1500) * 0.9)
    for start in range(1000, 30_000, 2900):
        sounds[3, start : start + 1500] += 0.3 * ringing
    several = sounds.astype(np.float32)
    exported = export(FRONT_END, 16_000, 32_000)
    exported.check(several)
    vectors = exported.by_numpy(several)[:, -25:]
    click, dropout, knocks = (vectors[1:] - vectors[0]).tolist()
    assert click[3] > 5
    assert dropout[4] < -5
    assert max(knocks[9:]) > 3


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 6, 7, 12, 13])
def test_a_few_frames_are_enough(frames: int, export) -> None:
    n = (frames + 1) * 512 + 100
    several = np.random.default_rng(frames).normal(0, 0.1, (2, n)).astype(np.float32)
    export(FRONT_END, 16_000, n).check(several)


def test_silent_blocks_are_no_click(export) -> None:
    gap = np.random.default_rng(0).normal(0, 0.1, (1, 16_000)).astype(np.float32)
    gap[0, 5000:9000] = 0
    export(FRONT_END, 16_000, 16_000).check(gap)
