"""Detectors that have a graph, and those that have none."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.errors import ExportError
from offkey.export.detectors import detector_nodes
from offkey.graph import Builder


def test_a_detector_without_a_graph_is_refused_in_a_sentence() -> None:
    pytest.importorskip("sklearn")
    detector = create("isolation_forest", n_trees=3).fit(np.random.default_rng(0).normal(size=(20, 4)))
    b = Builder()
    with pytest.raises(ExportError, match=r"'isolation_forest' cannot be exported.*such as 'fused'"):
        detector_nodes(b, detector, b.input("features", np.float64, ("batch", 4)))
