"""The cost of an export on labelled recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum
from tests.export.conftest import RATE

from offkey.errors import DataError
from offkey.export import Exported, export_model
from offkey.export.cost import cost_on_clips
from offkey.model import Model
from offkey.runtime.graph import Graph


@pytest.fixture(scope="module")
def exported(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export_model(model, tmp_path_factory.mktemp("edge") / "out")


@pytest.fixture
def clips(tmp_path: Path, hum: Hum) -> tuple[list[Path], list[str | None]]:
    """Four normal and four anomalous recordings of 1.3 s, one that is too short, and one without a label."""
    labels: list[str | None] = ["normal"] * 4 + ["anomaly"] * 4 + ["normal", None]
    files = []
    for number, label in enumerate(labels):
        sound = hum(
            400 + number, seconds=0.2 if number == 8 else 1.3, rate=RATE, tone_hz=2500 if label == "anomaly" else None
        )
        files.append(tmp_path / f"{number}.wav")
        soundfile.write(files[-1], sound, RATE)
    return files, labels


def test_the_same_graph_costs_nothing(
    model: Model, exported: Exported, clips: tuple[list[Path], list[str | None]]
) -> None:
    cost = cost_on_clips(model, exported, *clips)
    assert (cost.recordings, cost.windows, cost.left_out) == (8, 24, 2)  # two windows, and one that ends with the sound
    assert (cost.auc_model, cost.auc_exported, cost.decisions) == (1.0, 1.0, 0)
    assert cost.largest < 1e-4
    assert cost.sentence().startswith("On 8 labelled recordings, 2 left out: AUC 1.0000, of the model itself 1.0000;")


def test_a_worse_graph_costs_what_is_measured(
    model: Model, exported: Exported, clips: tuple[list[Path], list[str | None]]
) -> None:
    graph = exported.graph
    assert graph is not None
    noise = np.random.default_rng(0)
    weights = {
        name: array * noise.choice([0.1, 3.0], array.shape).astype(array.dtype)
        if array.dtype.kind == "f" and array.size > 100
        else array
        for name, array in graph.weights.items()
    }
    worse = replace(exported, graph=Graph(graph.nodes, weights, graph.inputs, graph.outputs))
    cost = cost_on_clips(model, worse, *clips)
    assert cost.largest > 0.01
    assert cost.decisions > 0
    assert cost.as_json()["auc_exported"] <= 1.0


def test_labels_of_one_kind_alone_measure_nothing(
    model: Model, exported: Exported, clips: tuple[list[Path], list[str | None]]
) -> None:
    with pytest.raises(DataError, match="found 4 normal and 0 anomalous of 4"):
        cost_on_clips(model, exported, clips[0][:4], clips[1][:4])


def test_a_model_without_a_graph_is_measured_by_what_it_was_made_of(
    model: Model, exported: Exported, clips: tuple[list[Path], list[str | None]]
) -> None:
    assert cost_on_clips(model, replace(exported, graph=None), *clips).largest == 0.0
