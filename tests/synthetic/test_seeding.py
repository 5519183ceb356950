from __future__ import annotations

import numpy as np

from offkey.synthetic.seeding import ParameterDraw, stream


def test_streams_depend_on_the_whole_key() -> None:
    keys: list[tuple[int | str, ...]] = [(0, "a"), (0, "b"), (1, "a"), ("a", 0)]
    assert len({stream(*key).random() for key in keys}) == 4
    assert stream(0, "a").random() == stream(0, "a").random()


def test_spread_keeps_ids_apart() -> None:
    draws = np.array([[ParameterDraw(0, "fan", k).uniform(0.0, 1.0) for k in range(8)]])
    assert np.diff(np.sort(draws.ravel())).min() > 0.03
    spread = ParameterDraw(0, "fan", 1)
    assert all(2 <= spread.integer(2, 4) <= 4 for _ in range(50))
    assert all(10.0 <= spread.log_uniform(10.0, 1000.0) <= 1000.0 for _ in range(50))
