"""Modulation, wobble and dynamics in graphs."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.export.front_ends.sound import Sound
from offkey.export.front_ends.swings import dynamics, modulation, wobble
from offkey.features.dynamics import dynamics as expected_dynamics
from offkey.features.lulls import group_members
from offkey.features.modulation import modulation as expected_modulation
from offkey.features.wobble import wobble as expected_wobble
from offkey.graph import Builder
from offkey.runtime.graph import run

GROUPS = [0, 1, 7]


@pytest.mark.parametrize("n_frames", [1, 2, 3, 7, 30, 61, 311, 374])
def test_levels_swing_as_in_the_front_end(n_frames: int) -> None:
    rng = np.random.default_rng(n_frames)
    beat = 3 * np.sin(2 * np.pi * 2.2 * np.arange(n_frames) / 31.25)
    frames = (rng.normal(-60, 2, (2, 40, n_frames)) + beat).astype(np.float32)
    frames[1] = -70  # no swing at all
    sound, rate_hz = Sound("", 16_000, (n_frames + 1) * 512), 31.25
    b = Builder()
    levels = b.input("levels", np.float32, ("batch", 40, n_frames))
    found = (
        modulation(b, levels, 40, sound, GROUPS),
        wobble(b, levels, 40, sound),
        dynamics(b, levels, 40, sound, GROUPS),
    )
    tensors = run(b.graph(), {"levels": frames}, list(found))
    for at, one in enumerate(frames):
        grouped = group_members(40)[GROUPS] @ one
        expected = (
            expected_modulation(grouped, rate_hz).reshape(-1),
            expected_wobble(one, rate_hz),
            expected_dynamics(one, rate_hz, GROUPS).reshape(-1),
        )
        for name, wanted in zip(found, expected, strict=True):
            np.testing.assert_allclose(tensors[name][at], wanted, rtol=1e-4, atol=1e-4)
