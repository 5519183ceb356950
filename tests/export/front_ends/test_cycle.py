"""The cycle in a graph."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.export.front_ends.cycle import cycle
from offkey.export.front_ends.sound import Sound
from offkey.features.cycle import CYCLE
from offkey.features.cycle import cycle as expected_cycle
from offkey.graph import Builder
from offkey.runtime.graph import run

RATE, HOP, BANDS = 16_000, 512, 32


def _frames(period: float, n: int, seed: int = 0, *, weak: int | None = None, late: int = 0) -> np.ndarray:
    """Return levels of bands that rise once in a period; one stroke may be weak, and may come some frames late."""
    rng = np.random.default_rng(seed)
    stroke = np.arange(n) // period
    phase = (np.arange(n) - late * (stroke == weak)) / period % 1
    height = np.where(stroke == weak, 6.0, 12.0)
    slope = np.linspace(0.5, 1, BANDS)[:, None]
    return (slope * height * np.exp(-6 * phase) + rng.normal(0, 0.4, (BANDS, n)) - 60).astype(np.float32)


def _check(frames: np.ndarray) -> np.ndarray:
    """Check that a batch has the numbers of the front end, and return them."""
    n = frames.shape[2]
    b = Builder()
    levels = b.input("levels", np.float32, ("batch", BANDS, n))
    b.output(cycle(b, levels, BANDS, Sound("", RATE, (n + 1) * HOP)), "cycle", np.float32, ("batch", len(CYCLE)))
    found = run(b.graph(), {"levels": frames})["cycle"]
    expected = np.stack([expected_cycle(one, RATE / HOP) for one in frames])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    return found


@pytest.mark.parametrize("n", [33, 61, 92, 311, 374])
def test_windows_of_any_period_stand_side_by_side(n: int) -> None:
    periods = [p for p in (10.3, 12.0, 17.5, 23.0, 30.6, 47.1, 80.0, 110.0) if p < n / 3.2] or [10.3]
    noise = np.random.default_rng(7).normal(-60, 1, (BANDS, n)).astype(np.float32)
    found = _check(np.stack([*(_frames(period, n, seed) for seed, period in enumerate(periods)), noise]))
    assert (found[:-1, 0] > 0).any()
    assert found[-1, 0] == 0


def test_a_weak_and_a_late_stroke_show() -> None:
    usual, weak, late = _check(np.stack([_frames(24, 311), _frames(24, 311, weak=5), _frames(24, 311, weak=5, late=3)]))
    assert weak[CYCLE.index("cycle_drop")] > usual[CYCLE.index("cycle_drop")] + 1
    assert late[CYCLE.index("cycle_late")] > usual[CYCLE.index("cycle_late")]


def test_a_window_too_short_for_three_periods_has_zeros() -> None:
    assert (_check(np.stack([_frames(10, 32)])) == 0).all()
