from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.synthetic.seeding import stream
from offkey.synthetic.spans import choose, envelope, parts

RATE, N = 16_000, 32_000


@given(st.floats(1.0, 20.0), st.floats(0.05, 0.9), st.integers(1, 6), st.integers(0, 100))
def test_parts_fill_their_share(duration_s: float, share: float, count: int, seed: int) -> None:
    spans = parts(duration_s, share, count, stream(seed))
    assert len(spans) == count
    assert sum(end - start for start, end in spans) == pytest.approx(share * duration_s)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert -1e-9 <= edges[0] <= edges[-1] <= duration_s + 1e-9


def test_chosen_stretches_are_in_order() -> None:
    spans = [(float(k), k + 0.5) for k in range(6)]
    chosen = choose(spans, 3, stream(0))
    assert chosen == sorted(set(chosen))
    assert len(chosen) == 3
    assert choose(spans, 9, stream(0)) == list(range(6))


def test_envelope_is_one_inside_and_nought_outside() -> None:
    gain = envelope([(0.5, 1.0), (1.9, 2.5)], N, RATE)
    assert gain[int(0.75 * RATE)] == 1.0
    assert gain[: RATE // 2].max() == gain[RATE : int(1.89 * RATE)].max() == 0.0
    assert np.abs(np.diff(gain)).max() < 0.01
