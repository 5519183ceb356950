from __future__ import annotations

import numpy as np
import pytest

from offkey.features.cycle import CYCLE, Cycles, cycle, cycle_levels, period

RATE_HZ = 31.25
N = 311
LATE, SHAPE = CYCLE.index("cycle_late"), CYCLE.index("cycle_shape_quarter_1")


def _frames(at_s: list[float], heights_db: list[float], seed: int = 0) -> np.ndarray:
    """Return levels of noise in 128 bands, with strokes of 0.2 s at these times."""
    frames = np.random.default_rng(seed).normal(-60, 2, size=(128, N))
    seconds = np.arange(N) / RATE_HZ
    for at, height in zip(at_s, heights_db, strict=True):
        frames += height * np.exp(-(((seconds - at) / 0.1) ** 2))
    return frames.astype(np.float32)


def _pairs(period_s: float, first_s: float = 0.3) -> tuple[list[float], list[float]]:
    """Return the times and heights of a strong stroke and a weaker one a quarter of the period behind it."""
    starts = np.arange(first_s - period_s, 10, period_s)
    return [at for start in starts for at in (start, start + period_s / 4)], [12.0, 6.0] * len(starts)


@pytest.mark.parametrize("period_s", [0.5, 0.77, 1.1, 1.93, 3.1])
def test_the_period_of_strokes_is_found_to_a_hundredth(period_s: float) -> None:
    found = cycle(_frames(*_pairs(period_s)), RATE_HZ)
    assert found[0] == pytest.approx(period_s, rel=0.01)
    assert 0.5 < found[1] < 1.2


@pytest.mark.parametrize("n", [2, 12, 40, N])
def test_noise_and_short_sounds_have_none_and_say_nothing_else(n: int) -> None:
    found = cycle(_frames([], [])[:, :n], RATE_HZ)
    assert found.shape == (len(CYCLE),)
    assert not found[0]
    assert not found[2:].any()
    assert not cycle(np.full((128, n), -80, np.float32), RATE_HZ).any()


def test_neither_the_gain_nor_the_beginning_of_a_clip_matters_to_the_order() -> None:
    found = cycle(_frames(*_pairs(1.1)), RATE_HZ)
    np.testing.assert_allclose(cycle(_frames(*_pairs(1.1)) + np.float32(7), RATE_HZ), found, atol=1e-3)
    later = cycle(_frames(*_pairs(1.1, 0.8)), RATE_HZ)
    np.testing.assert_allclose(later[SHAPE:], found[SHAPE:], atol=0.5)


def test_a_cycle_backwards_in_time_leans_to_the_other_side() -> None:
    frames = _frames(*_pairs(1.1))
    found, backwards = cycle(frames, RATE_HZ), cycle(frames[:, ::-1], RATE_HZ)
    np.testing.assert_allclose(backwards[-4:], -found[-4:], atol=0.5)
    assert np.abs(found[-4:]).min() > 1


def _measures(at_s: list[float], heights_db: list[float]) -> dict[str, float]:
    return dict(zip(CYCLE, cycle(_frames(at_s, heights_db), RATE_HZ).tolist(), strict=True))


def test_a_missing_a_loud_and_a_late_stroke_show_in_their_measures() -> None:
    at_s, heights_db = _pairs(1.1)
    normal = _measures(at_s, heights_db)
    missing = _measures(at_s, [*heights_db[:10], 0.0, *heights_db[11:]])
    assert missing["cycle_drop"] > 5 + normal["cycle_drop"]
    assert missing["cycle_rise"] < 1 + normal["cycle_rise"]
    loud = _measures(at_s, [*heights_db[:10], 24.0, *heights_db[11:]])
    assert loud["cycle_rise"] > 5 + normal["cycle_rise"]
    late = _measures([*at_s[:10], at_s[10] + 0.2, *at_s[11:]], heights_db)
    assert late["cycle_drop"] > 2 + normal["cycle_drop"]
    assert late["cycle_rise"] > 2 + normal["cycle_rise"]
    both = _measures([*at_s[:10], at_s[10] + 0.1, at_s[11] + 0.1, *at_s[12:]], heights_db)
    assert both["cycle_late"] == pytest.approx(0.1 / 1.1, abs=0.03)
    assert normal["cycle_late"] < 0.04


def test_the_time_of_a_phase_is_that_of_the_sound() -> None:
    at_s, heights_db = _pairs(1.1)
    levels = cycle_levels(_frames(at_s, [*heights_db[:10], 0.0, *heights_db[11:]]))
    length, _ = period(levels)
    cycles = Cycles.of(levels, length)
    number, phase = np.unravel_index(int(cycles.departures[0].argmax()), cycles.departures[0].shape)
    assert cycles.time(int(number), phase + 2) * length / RATE_HZ == pytest.approx(at_s[10], abs=0.1)
