from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.runtime.conftest import WINDOW, noise

from offkey.graph import Builder, write_onnx
from offkey.runtime.engine import Engine, NumpyEngine, OnnxEngine, make_engine, score_of
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import Graph


def _broken() -> Graph:
    """A graph that asks for as many samples as there are windows."""
    b = Builder()
    samples = b.input("samples", np.float32, ("batch", WINDOW))
    rows = b("Reshape", samples, b.weight([-1, 7]))
    b.output(b("ReduceMean", rows, axes=[1], keepdims=0), "score", np.float32, ("rows",))
    return b.graph()


@pytest.mark.parametrize("make", [NumpyEngine, lambda graph: OnnxEngine(write_onnx(graph))], ids=["numpy", "onnx"])
def test_a_graph_that_cannot_be_run_is_one_sentence(make: Callable[[Graph], Engine]) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(GraphError) as caught:
        score_of(make(_broken()), noise(WINDOW))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_content_that_onnxruntime_does_not_take_is_one_sentence() -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(GraphError, match=r"^onnxruntime does not take the graph \([^\n]+\): take 'numpy'\.$"):
        OnnxEngine(b"no graph")


def test_by_default_numpy_runs_what_onnxruntime_does_not_take(graph: Graph) -> None:
    assert make_engine("auto", graph, b"no graph").name == "numpy"


def test_engines_give_the_same_score(graph: Graph) -> None:
    pytest.importorskip("onnxruntime")
    engines = [make_engine(name, graph, write_onnx(graph)) for name in ("auto", "numpy", "onnxruntime")]
    assert [engine.name for engine in engines] == ["onnxruntime", "numpy", "onnxruntime"]
    scores = [score_of(engine, noise(WINDOW)) for engine in engines]
    assert scores == pytest.approx([scores[0]] * 3, rel=1e-12)
