"""Clocks: those of converters drift, and those of computers are set."""

from __future__ import annotations

import math

import numpy as np
import pytest

from offkey.watch.acquisition.sample_clock import Correction, SampleClock

AT = 1_800_000_000.0


def _listen(clock: SampleClock, seconds: int, *, first: int = 1, samples: int = 16_000, step: float = 0.0) -> list:
    """Let a block come each second; each other one comes late, with the next."""
    found: list[tuple[int, Correction]] = []
    for second in range(first, first + seconds):
        held = 0 if second % 2 else 2 * samples
        found += [(second, one) for one in clock.received(held, 5000.0 + second, AT + second + step)]
    return found


def test_a_good_clock_is_never_corrected_though_blocks_come_late() -> None:
    assert _listen(SampleClock(16_000, AT), 10_000) == []


@pytest.mark.parametrize("step", [-3600.0, -5.0, 5.0, 3600.0])
def test_a_step_of_the_clock_moves_the_time_of_the_sound_once(step: float) -> None:
    clock = SampleClock(16_000, AT)
    assert _listen(clock, 300) == []
    ((second, found),) = _listen(clock, 3000, first=301, step=step)
    assert (second, found.kind) == (301, "clock moved")
    assert found.seconds == pytest.approx(step, abs=1.1)
    assert "since the clock of the computer was set" in found.sentence


def test_a_step_within_two_seconds_is_left_alone() -> None:
    clock = SampleClock(16_000, AT)
    assert _listen(clock, 300) + _listen(clock, 300, first=301, step=1.5) == []


def test_drift_of_the_sample_clock_is_reported_once_from_150_ppm_on() -> None:
    assert _listen(SampleClock(16_000, AT), 8000, samples=16_002) == []  # 125 ppm
    found = _listen(SampleClock(16_000, AT), 8000, samples=16_003)
    assert [(one.kind, one.seconds) for _, one in found] == [("clock drifts", 0.0)]
    assert found[0][1].sentence == "The converter is 188 ppm too fast; its sound is taken as it comes."
    assert 3600 <= found[0][0] <= 3800
    slow = [one.sentence for _, one in _listen(SampleClock(16_000, AT), 4000, samples=15_990)]
    assert "The converter is 625 ppm too slow; its sound is taken as it comes." in slow


@pytest.mark.parametrize("ppm", [-100.0, 0.0, 100.0])
def test_late_minutes_and_a_buffer_that_grows_are_no_drift(ppm: float) -> None:
    """An honest crystal over a bad network: every tenth minute all blocks are late, and once they stay late."""
    rng = np.random.default_rng(0)
    clock, late_s = SampleClock(16_000, AT), 0.0
    for second in range(3 * 3600):
        if second == 5000:
            late_s += 0.6
        hiccup_s = rng.uniform(0.3, 1.5) if second // 60 % 10 == 0 else 0.0
        now = second * (1 + 1e-6 * ppm) + late_s + hiccup_s + rng.gamma(2.0, 0.05)
        assert clock.received(16_000, 5000.0 + now, AT + now) == []


def test_a_drift_that_goes_on_about_the_limit_is_reported_once() -> None:
    clock, found, now = SampleClock(16_000, AT), list[Correction](), 0.0
    for second in range(4 * 3600):
        now += 1 - 1e-6 * (150 + 30 * math.sin(second / 1500))
        found += clock.received(16_000, 5000.0 + now, AT + now)
    assert [one.kind for one in found if one.kind == "clock drifts"] == ["clock drifts"]


def test_drift_that_adds_up_moves_the_time_of_the_sound() -> None:
    found = [one for _, one in _listen(SampleClock(16_000, AT), 20_000, samples=15_990)]
    moved = [one.seconds for one in found if one.kind == "time moved"]
    assert sum(moved) == pytest.approx(20_000 * 10 / 16_000, abs=2.5)
    assert all(2 < seconds < 2.2 for seconds in moved)


def test_a_buffer_that_comes_at_once_is_put_right_after_a_minute() -> None:
    clock = SampleClock(16_000, AT)
    assert clock.received(10 * 16_000, 5000.5, AT + 0.5) == []  # ten seconds of the past
    ((second, found),) = _listen(clock, 600)
    assert (second, found.kind) == (61, "time moved")
    assert found.seconds == pytest.approx(-10, abs=1)
