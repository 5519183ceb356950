"""Pooling over time in a graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from offkey.export.front_ends.pooled import pool
from offkey.export.front_ends.sound import Sound
from offkey.features.logmel import LogMel
from offkey.graph import Builder
from offkey.runtime.graph import Graph, run

N, BANDS = 311, 6
FRAMES = np.random.default_rng(0).normal(-60, 8, (2, BANDS, N)).astype(np.float32)


def _graph(front_end: LogMel) -> Graph:
    b = Builder()
    levels = b.input("levels", np.float32, ("batch", BANDS, N))
    pool(b, front_end, levels, Sound("", 16_000, (N + 1) * 512), None)
    return b.graph()


@pytest.mark.parametrize(
    "pooling", [(1.0,), (1.0, 1.2), (1.2, 1.0, 1.0), (0.0,), (0.5, 0.0), (2.0, 1.9), (0.98, 1.0, 0.2), (0.5, 1.5)]
)
@pytest.mark.parametrize("clip_s", [None, 2.0, 30.0])
def test_blocks_stand_in_the_order_of_their_weights(pooling: Sequence[float], clip_s: float | None) -> None:
    front_end = LogMel(pooling=pooling, clip_s=clip_s)
    found = run(_graph(front_end), {"levels": FRAMES}, ["pooled"])["pooled"]
    expected = [front_end.pooled(frames, 16_000) for frames in FRAMES]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_only_ranks_that_count_are_sought() -> None:
    for pooling, sought in [((0.0,), 1), ((2.0, 1.5), 60), ((0.5, 1.0), 40), ((0.5, 1.5), N), ((1.0,), 0)]:
        graph = _graph(LogMel(pooling=pooling, clip_s=None))
        counts = [int(graph.weights[node.inputs[1]][0]) for node in graph.nodes if node.op == "TopK"]
        assert sum(counts) <= sought
