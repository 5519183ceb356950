"""The graph of the isolation forest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from offkey.detectors import create
from offkey.runtime.graph import Graph

Agree = Callable[..., Graph]


@pytest.mark.parametrize("n", [5, 60])
@pytest.mark.parametrize("domains", [False, True])
def test_scores_are_those_of_python(agree: Agree, n: int, domains: bool) -> None:
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    clips = rng.normal(size=(n, 6)) - 40
    names = np.repeat(["source", "target"], [n - n // 3, n // 3]) if domains else None
    detector = create("isolation_forest", n_trees=20).fit(clips, domains=names)
    agree(detector, np.concatenate([clips[:4], clips[:5] + rng.normal(size=(5, 6))]))


def test_copies_of_one_clip_leave_nothing_to_cut(agree: Agree) -> None:
    pytest.importorskip("sklearn")
    clips = np.ones((8, 3))
    agree(create("isolation_forest", n_trees=3).fit(clips), clips + np.arange(8)[:, None])
