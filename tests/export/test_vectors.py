"""Vectors: what Python makes of the ten clips, within what another program must stay."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from offkey.errors import ExportError
from offkey.export.vectors import make_vectors, npz_bytes, score_tolerance
from offkey.export.whole import whole_graph
from offkey.features.base import Pooled
from offkey.model import Model
from offkey.runtime.graph import Graph
from offkey.runtime.samples import full_scale


@pytest.fixture(scope="module")
def vectors(model: Model) -> dict[str, Any]:
    return make_vectors(model, *whole_graph(model))


def test_scores_and_decisions_are_those_of_the_model(model: Model, vectors: dict[str, Any]) -> None:
    results = model.score(list(vectors["clips"]), rate=model.rate)
    assert vectors["score"].tolist() == [result.score for result in results]
    assert vectors["p_value"].tolist() == [result.p_value for result in results]
    assert vectors["anomalous"].tolist() == [result.anomalous for result in results]
    assert vectors["surprise"].tolist() == model.calibration.surprises(vectors["score"]).tolist()


def test_they_hold_every_step_that_has_a_name(model: Model, vectors: dict[str, Any]) -> None:
    between = {name.partition("/")[2] for name in vectors if name.startswith("between/")}
    assert between == set(whole_graph(model)[1])
    assert {"levels", "vector", "standardised"} <= between
    front_end = model.front_end
    assert isinstance(front_end, Pooled)
    levels = np.stack(
        [front_end.frames(clip - clip.mean(), 8000) for clip in full_scale(vectors["clips"], "The clips")]
    )
    np.testing.assert_allclose(vectors["between/levels"], levels, atol=1e-3)
    assert vectors["tolerance/levels"].shape == (10,)


def test_the_same_model_gives_the_same_bytes_without_pickles(vectors: dict[str, Any]) -> None:
    content = npz_bytes(vectors)
    assert content == npz_bytes(dict(vectors))
    found = np.load(io.BytesIO(content), allow_pickle=False)
    assert set(found) == set(vectors)


def test_large_tensors_are_kept_of_fewer_clips(model: Model) -> None:
    whole = replace(model, lengths=None, by_length=None).with_windowing(30.0, None)
    vectors = make_vectors(whole, *whole_graph(whole))
    assert 1 <= len(vectors["between/levels"]) < 10


def test_a_model_without_a_graph_has_its_vector_and_scores(model: Model) -> None:
    assert {"clips", "score", "between/vector", "tolerance/score"} <= set(make_vectors(model))


def test_a_graph_that_does_something_else_is_found(model: Model) -> None:
    graph, named = whole_graph(model)
    other = {
        name: weight * np.float64(1.01) if weight.dtype == np.float64 else weight
        for name, weight in graph.weights.items()
    }
    with pytest.raises(ExportError, match="does not do what the model does"):
        make_vectors(model, Graph(graph.nodes, other, graph.inputs, graph.outputs), named)


def test_rounded_weights_may_differ(model: Model) -> None:
    graph, named = whole_graph(model)
    other = {
        name: weight * np.float64(1.01) if weight.dtype == np.float64 else weight
        for name, weight in graph.weights.items()
    }
    changed = Graph(graph.nodes, other, graph.inputs, graph.outputs)
    vectors = make_vectors(model, changed, named, is_exact=False)
    assert not np.allclose(vectors["score"], make_vectors(model)["score"], rtol=1e-3)


def test_a_score_near_zero_is_judged_by_the_spread_of_normal_scores(model: Model) -> None:
    normal = model.calibration.normal_scores
    assert score_tolerance(model, np.array([0.0]))[0] == pytest.approx(1e-4 * np.ptp(normal))
    assert score_tolerance(model, np.array([1e6]))[0] == pytest.approx(100)
