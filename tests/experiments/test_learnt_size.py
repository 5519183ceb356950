from __future__ import annotations

import numpy as np

from offkey.detectors import create
from offkey.experiments.learnt_size import learnt_mb


def test_twice_the_clips_are_twice_the_neighbours() -> None:
    X = np.random.default_rng(0).normal(size=(400, 100))
    small, large = (learnt_mb(create("knn", n_neighbors=1).fit(X[:n])) for n in (200, 400))
    assert 200 * 100 * 4 / 1e6 <= small <= 2 * 200 * 100 * 8 / 1e6
    assert 1.8 < large / small < 2.2
