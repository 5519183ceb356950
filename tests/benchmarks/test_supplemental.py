from __future__ import annotations

import numpy as np

from benchmarks import supplemental


def test_each_way_learns_and_scores() -> None:
    rng = np.random.default_rng(0)
    direction = rng.standard_normal(16)

    def clips(n: int) -> np.ndarray:
        return rng.normal(0, 10, (n, 1)) * direction + rng.standard_normal((n, 16))

    faulty = clips(20)
    faulty[:, 5] += 5
    case = supplemental.Case(clips(40), clips(20), [(clips(20), faulty)], clips(10), clips(10))
    found = {name: supplemental.measure(case, way, "knn", blocks=True)[0] for name, way in supplemental.WAYS.items()}
    taken_out = found["noise alone: its directions taken out (`use`)"]
    assert taken_out > 0.95
    assert taken_out > found["ignored"]
    assert len(found) == 5
