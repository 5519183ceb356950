from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.synthetic.impacts import impulses, ring
from offkey.synthetic.spectrum import frequencies

RATE, N = 16_000, 32_000


@given(st.lists(st.floats(-0.5, 2.5), max_size=20))
def test_impulses_keep_their_sum_inside_the_clip(times: list[float]) -> None:
    train = impulses(times, 1.0, N, RATE)
    inside = sum(1 for time in times if 0.0 <= time * RATE < N - 1)
    assert train.sum() == pytest.approx(inside, abs=1e-3)


@pytest.mark.parametrize("count", [3, 200])
def test_blows_ring_at_their_resonance(count: int) -> None:
    times = np.linspace(0.1, 1.8, count)
    sound = ring(times, 1.0, [(1000.0, 0.004, 1.0), (9_000.0, 0.004, 5.0)], N, RATE)
    hz, power = frequencies(N, RATE), np.abs(np.fft.rfft(sound)) ** 2
    assert power[(hz > 700) & (hz < 1400)].sum() > 0.85 * power.sum()
    assert np.abs(sound[: int(0.1 * RATE)]).max() < 1e-4  # nothing before the first
    later = sound[int(0.1 * RATE) :][:60]
    assert np.abs(later).max() > 0.5


def test_few_and_many_blows_ring_alike() -> None:
    times = np.linspace(0.1, 1.5, 61)  # two samples each: beyond the limit for adding one by one
    modes = [(800.0, 0.01, 1.0)]
    parts_ = ring(times[:30], 1.0, modes, N, RATE) + ring(times[30:], 1.0, modes, N, RATE)
    assert np.abs(ring(times, 1.0, modes, N, RATE) - parts_).max() < 1e-3
