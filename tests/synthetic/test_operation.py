from __future__ import annotations

import numpy as np
import pytest

from offkey.synthetic.operation import Operation

RATE, N = 16_000, 32_000


def test_operation_knows_when_it_moves() -> None:
    angle = np.concatenate([np.zeros(RATE), np.linspace(0.0, 10.0, RATE)])
    operation = Operation(RATE, 0.5, angle, 10.0, 5, np.ones(N, dtype=np.float32), ((1.0, 1.9),), (0.5,))
    assert operation.moving == ((1.0, 1.9),)
    assert operation.resting == ((0.0, 1.0), (1.9, 2.0))
    assert operation.times_of(np.array([5.0])) == pytest.approx(1.5, abs=0.001)
    assert operation.gain()[[RATE // 2, 3 * RATE // 2]].tolist() == [1.0, 0.5]
    steady = Operation(RATE, 0.5, angle, 10.0, 5, np.ones(N, dtype=np.float32))
    assert steady.moving == steady.whole == ((0.0, 2.0),)
    assert steady.resting == ()
