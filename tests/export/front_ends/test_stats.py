"""Hand-made statistics in a graph."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.features.stats import Stats


@pytest.mark.parametrize(("rate", "seconds"), [(16_000, 3.0), (8000, 0.07), (22_050, 1.0)])
def test_statistics_are_those_of_the_front_end(rate: int, seconds: float, machine: str, export, windows) -> None:
    several = windows(machine, rate, seconds, count=2)
    export(Stats(), rate, several.shape[1]).check(several)


def test_silent_frames_and_clipped_sound_come_through(export) -> None:
    sounds = np.clip(np.random.default_rng(0).normal(0, 2, (2, 16_000)), -1, 1).astype(np.float32)
    sounds[1, 4000:9000] = 0
    export(Stats(), 16_000, 16_000).check(sounds)


def test_statistics_that_are_kept_stand_in_their_order(export, windows) -> None:
    front_end = Stats(keep=("flatness_db max", "rms_db mean", "crest_db std"))
    export(front_end, 16_000, 32_000).check(windows("valve", count=2))
