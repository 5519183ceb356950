from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from benchmarks.watching import load

import offkey
from offkey.watch.acquisition.simulated import Simulated


def test_the_load_is_that_of_all_windows() -> None:
    sound = np.concatenate(list(islice(Simulated("pump").sound(), 120)))
    model = offkey.fit(sound, rate=16_000, window_s=2.0, detector="knn", jobs=1)
    found = load(model, sound[: 16_000 * 12], 1.0, machines=2)
    assert found.windows == 2 * 11
    assert 0 < found.share < 1
    assert 0 < found.late_s < 5
    assert found.windows == pytest.approx(load(model, sound[: 16_000 * 12], 0.5, machines=1).windows, abs=1)
