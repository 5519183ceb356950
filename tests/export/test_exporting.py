"""A model to a folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import Hum
from tests.export.conftest import RATE, MakeModel

from offkey.detectors.fused_earlier import EarlierFused
from offkey.errors import ExportError, MissingExtraError, OffkeyError, UsageError
from offkey.export import Exported, check_export, export_model
from offkey.export.cost import cost_on_vectors, costs_by_target
from offkey.model import Model
from offkey.runtime.samples import full_scale


@pytest.fixture(scope="module")
def exported(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export_model(model, tmp_path_factory.mktemp("edge") / "pump7")


def _decision(exported: Exported) -> Any:
    return json.loads((exported.folder / "calibration.json").read_text(encoding="utf-8"))


def test_a_folder_holds_graph_decision_vectors_and_a_page(exported: Exported) -> None:
    files = {path.name: path.stat().st_size for path in exported.folder.iterdir()}
    assert files == exported.files
    assert sorted(files) == ["README.md", "calibration.json", "model.onnx", "vectors.npz"]
    assert sum(files.values()) < 250_000


def test_the_decision_is_the_models_and_names_its_graph(model: Model, exported: Exported) -> None:
    found = _decision(exported)
    graph = (exported.folder / "model.onnx").read_bytes()
    assert found["protocol"] == 1
    assert found["model"]["sha256"] == hashlib.sha256(graph).hexdigest()
    assert found["model"]["name"] == "pump7"
    assert found["model"]["fitted_on"]["clips"] == 24
    assert (found["rate"], found["window"], found["hop"], found["channel"]) == (RATE, 4000, 4000, 0)
    assert (found["threshold"], found["worth"]) == (model.threshold.value, 24)
    assert found["normal_scores"] == model.calibration.normal_scores.tolist()
    assert found["tail"] == vars(model.calibration.tail)
    assert set(found["events"]) == {"hop_s", "half_life", "open_at", "close_at", "hold", "usual", "from"}


def test_the_vectors_keep_the_decision_that_they_follow_from(model: Model, exported: Exported) -> None:
    vectors, content = np.load(exported.folder / "vectors.npz"), _decision(exported)
    assert float(vectors["threshold"]) == model.threshold.value
    assert vectors["normal_scores"].tolist() == model.calibration.normal_scores.tolist()
    assert vectors["tail"].tolist() == list(content["tail"].values())
    assert (int(vectors["rate"]), int(vectors["hop"]), str(vectors["channel"])) == (RATE, 4000, "0")
    assert vectors["events"].tolist() == list(content["events"].values())[:-1]


def test_no_number_of_the_decision_stands_in_the_graph(model: Model, tmp_path: Path, exported: Exported) -> None:
    other = export_model(model.with_threshold(99.0), tmp_path / "other")
    graphs = [(folder / "model.onnx").read_bytes() for folder in (exported.folder, other.folder)]
    assert graphs[0] == graphs[1]
    assert _decision(other)["threshold"] == 99.0


def test_the_same_model_gives_the_same_bytes(model: Model, tmp_path: Path, exported: Exported) -> None:
    again = export_model(model, tmp_path / "pump7")
    assert {name: (again.folder / name).read_bytes() for name in again.files} == {
        name: (exported.folder / name).read_bytes() for name in exported.files
    }


def test_onnxruntime_scores_any_number_of_windows(model: Model, exported: Exported, hum: Hum) -> None:
    runtime = pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    session = runtime.InferenceSession(str(exported.folder / "model.onnx"))
    clips = [hum(300 + number, seconds=0.5, rate=RATE) for number in range(5)]
    expected = np.array([result.score for result in model.score(clips, rate=RATE)], np.float64)
    for some in (clips, clips[:1]):
        (found,) = session.run(["score"], {"samples": np.stack(some)})
        np.testing.assert_allclose(found, expected[: len(some)], rtol=1e-4)


def test_the_lines_of_its_page_run(exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    page = (exported.folder / "README.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    lines: list[tuple[float, float, bool]] = []
    monkeypatch.chdir(exported.folder)
    exec(code, {"print": lambda *line: lines.append(line)})  # noqa: S102 - it is our own page
    assert len(lines) == 10
    np.testing.assert_allclose([line[0] for line in lines], [line[1] for line in lines], rtol=1e-4)


def test_a_recalibrated_model_gives_its_moved_scores(model: Model, tmp_path: Path, hum: Hum) -> None:
    other = model.recalibrate([0.4 * hum(200 + number, seconds=0.5, rate=RATE) for number in range(10)], rate=RATE)
    found = _decision(export_model(other, tmp_path / "moved"))
    assert found["normal_scores"] == other.calibration.normal_scores.tolist()
    assert found["worth"] == 10
    assert found["threshold"] == other.threshold.value


@pytest.mark.parametrize("channel", ["mean", 3])
def test_a_channel_that_the_runtime_can_make_is_named(model: Model, tmp_path: Path, channel: Any) -> None:
    other = replace(model, config=model.config.model_copy(update={"channel": channel}))
    assert _decision(export_model(other, tmp_path / "out"))["channel"] == channel


def test_two_microphones_are_refused(model: Model, tmp_path: Path) -> None:
    other = replace(model, config=model.config.model_copy(update={"channel": "2-1 per bin"}))
    with pytest.raises(ExportError, match=r"which the runtime cannot do: fit one on the near .* --channel 2\.$"):
        export_model(other, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_where_a_part_cannot_go(model: Model, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="'fused' of an earlier version cannot be exported"):
        export_model(replace(model, detector=EarlierFused()), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"targets": ("tflite",)}, "targets of an export are onnx and c"),
        ({"flash": 1000}, "give them with the target c"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    model: Model, tmp_path: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        export_model(model, tmp_path / "out", **options)


def test_without_the_extra_it_is_named(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"An export to ONNX needs onnx, .*offkey\[onnx\]"):
        export_model(model, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_what_is_exported_does_as_the_model_does_on_the_vectors(model: Model, exported: Exported) -> None:
    cost = cost_on_vectors(model, exported)
    assert cost.largest < 1e-4
    assert (cost.decisions, cost.windows, cost.auc_model) == (0, 10, None)
    assert "--test CLIPS measures the AUC" in cost.sentence()
    clips = full_scale(np.load(exported.folder / "vectors.npz")["clips"], "The clips")
    assert clips.shape == (10, 4000)


def test_a_smaller_memory_is_exported_and_said(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(detector="knn", features_params={"n_mels": 16})
    smaller = export_model(model, tmp_path / "smaller", memory=16)
    assert len(smaller.notes) == 1
    assert smaller.notes[0] in (smaller.folder / "README.md").read_text(encoding="utf-8")
    assert smaller.files["model.onnx"] < export_model(model, tmp_path / "whole").files["model.onnx"]
    assert check_export(smaller.folder).agrees
    cost = cost_on_vectors(model, smaller)
    assert cost.largest > 1e-4


def test_weights_of_8_bits_are_stored_and_checked(make_model: MakeModel, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    model = make_model(detector="autoencoder", features="frames", detector_params={"epochs": 1, "folds": 2})
    smaller, whole = export_model(model, tmp_path / "8", int8=True), export_model(model, tmp_path / "32")
    assert smaller.files["model.onnx"] < whole.files["model.onnx"] / 2
    assert "8 bits" in smaller.notes[0]
    checked = check_export(smaller.folder)
    assert checked.agrees, checked.sentences()
    assert 1e-7 < cost_on_vectors(model, smaller).largest < 0.1


def test_weights_of_8_bits_in_c_alone_cost_what_they_cost(make_model: MakeModel, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    model = make_model(detector="autoencoder", detector_params={"epochs": 1, "folds": 2})
    smaller = export_model(model, tmp_path / "8", targets=("c",), int8=True)
    assert "8 bits" in smaller.notes[0]
    assert 1e-7 < cost_on_vectors(model, smaller).largest < 0.1
    assert "int8_t" in (smaller.folder / "c" / "offkey.c").read_text(encoding="utf-8")


def test_graph_and_c_of_eight_bits_have_costs_of_their_own(make_model: MakeModel, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    model = make_model(detector="autoencoder", detector_params={"epochs": 1, "folds": 2})
    both = export_model(model, tmp_path / "8", targets=("onnx", "c"), int8=True)
    costs = costs_by_target(both, lambda one: cost_on_vectors(model, one))
    assert list(costs) == ["onnx", "c"]
    assert 0 < costs["c"].largest != costs["onnx"].largest > 0
    if shutil.which("cc") is not None:
        assert check_export(both.folder, compile_c=True).agrees
    plain = export_model(model, tmp_path / "32", targets=("onnx", "c"))
    assert list(costs_by_target(plain, lambda one: cost_on_vectors(model, one))) == ["onnx"]


def test_a_model_without_large_weights_has_none_to_round(make_model: MakeModel, tmp_path: Path) -> None:
    model = make_model(detector="mahalanobis", features="spectrum", features_params={"keep": (8, 9, 10)})
    with pytest.raises(ExportError, match="leave out --int8"):
        export_model(model, tmp_path / "out", int8=True)


def test_c_goes_with_the_graph_or_alone(model: Model, tmp_path: Path) -> None:
    both = export_model(model, tmp_path / "both", targets=("onnx", "c"))
    assert {"model.onnx", "c/offkey.h", "c/offkey.c", "c/replay.c", "c/vectors.h"} <= set(both.files)
    assert "## Run it as C" in (both.folder / "README.md").read_text(encoding="utf-8")
    alone = export_model(model, tmp_path / "alone", targets=("c",))
    assert "model.onnx" not in alone.files
    assert _decision(alone)["model"]["sha256"] is None
    with pytest.raises(OffkeyError, match=r"exported as C alone, without model\.onnx"):
        check_export(alone.folder)


def test_what_does_not_fit_is_refused(model: Model, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="flash"):
        export_model(model, tmp_path / "out", targets=("c",), flash=1000)
    assert not (tmp_path / "out").exists()
