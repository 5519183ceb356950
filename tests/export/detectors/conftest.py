"""Fitted detectors as graphs, run in more than one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.detectors.base import Detector
from offkey.export.detectors import detector_nodes
from offkey.graph import Builder, write_onnx
from offkey.runtime.graph import Graph, run

Agree = Callable[..., Graph]


def graph_of(detector: Detector) -> Graph:
    """Return the graph of a detector alone."""
    b = Builder()
    features = b.input("features", np.float64, ("batch", detector.n_features_))
    b.output(detector_nodes(b, detector, features), "score", np.float64, ("batch",))
    return b.graph()


def _run_onnx(graph: Graph, inputs: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Run a graph by onnxruntime, where that is installed, else by numpy."""
    if not (find_spec("onnx") and find_spec("onnxruntime")):
        return run(graph, inputs)
    import onnxruntime

    session = onnxruntime.InferenceSession(write_onnx(graph), providers=["CPUExecutionProvider"])
    return dict(zip([port.name for port in graph.outputs], session.run(None, dict(inputs)), strict=True))


@pytest.fixture
def agree() -> Agree:
    """Return a function: it asserts that clips score as in Python, alone and in batches, and returns the graph."""

    def check(detector: Detector, clips: NDArray[np.float64], rtol: float = 1e-9) -> Graph:
        graph, expected = graph_of(detector), detector.score(clips)
        for some in (slice(0, 1), slice(1, 6), slice(0, len(clips))):
            for runner in (run, _run_onnx):
                scores = runner(graph, {"features": clips[some]})["score"]
                assert scores.dtype == np.float64
                np.testing.assert_allclose(scores, expected[some], rtol=rtol, atol=1e-11)
        return graph

    return check
