"""A folder is checked by its vectors; what is damaged is said in a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.errors import OffkeyError
from offkey.export import check_export, export_model
from offkey.export.vectors import npz_bytes
from offkey.model import Model


@pytest.fixture(scope="module")
def whole(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_model(model, tmp_path_factory.mktemp("edge") / "whole").folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "edge"))


def _edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "calibration.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def _edit_vectors(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    arrays = dict(np.load(folder / "vectors.npz"))
    arrays[name] = change(arrays[name])
    (folder / "vectors.npz").write_bytes(npz_bytes(arrays))


def test_a_folder_agrees_by_numpy_and_by_onnxruntime(folder: Path) -> None:
    checked = check_export(folder)
    assert checked.agrees
    assert checked.notes == []
    by_numpy = {one.name for one in checked.compared["numpy"]}
    assert {"levels", "vector", "standardised", "score", "p_value", "surprise", "anomalous"} <= by_numpy
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    assert {one.name for one in checked.compared["onnxruntime"]} == {"score", "p_value", "surprise", "anomalous"}


def test_the_decision_may_be_edited(folder: Path) -> None:
    _edit(folder, lambda content: content.update(threshold=99.0, normal_scores=content["normal_scores"][1:]))
    checked = check_export(folder)
    assert checked.agrees
    assert checked.notes[0].startswith("The threshold was edited: it is 99, and was ")
    assert len(checked.notes) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hop": 100}, "The hop was edited: it is 100, and was 4000."),
        ({"channel": "mean"}, "The channel was edited: it is mean, and was 0."),
        ({"tail": {"shape": 1.0, "scale": 1.0, "location": 0.0}}, "The tail was edited"),
        ({"events": None}, "The rule of events was edited, or taken out."),
    ],
)
def test_each_part_of_the_decision_that_was_edited_is_named(
    folder: Path, change: dict[str, Any], sentence: str
) -> None:
    _edit(folder, lambda content: content.update(change))
    checked = check_export(folder)
    assert checked.agrees
    assert [note.startswith(sentence) for note in checked.notes] == [True]


def test_the_rate_cannot_be_edited(folder: Path) -> None:
    _edit(folder, lambda content: content.update(rate=16_000))
    with pytest.raises(
        OffkeyError, match=r"'rate' of \S*calibration\.json is 16000, .* exported for 8000: .* put 8000 back"
    ):
        check_export(folder)


@pytest.mark.parametrize("name", ["score", "between/levels", "p_value", "surprise", "anomalous"])
def test_what_is_too_far_away_is_named(folder: Path, name: str) -> None:
    _edit_vectors(folder, name, lambda values: ~values if values.dtype == bool else values * 1.01)
    checked = check_export(folder)
    assert not checked.agrees
    assert any(f"'{name.removeprefix('between/')}'" in sentence for sentence in checked.sentences())
    assert json.dumps(checked.as_json())


@pytest.mark.parametrize("name", ["model.onnx", "calibration.json", "vectors.npz"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(OffkeyError, match=rf"^\S*{name} cannot be read: .*\.$"):
        check_export(folder)


@pytest.mark.parametrize("name", ["model.onnx", "calibration.json", "vectors.npz"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_is_cut_is_refused_in_a_sentence(folder: Path, name: str, share: float) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(OffkeyError, match=name) as refused:
        check_export(folder)
    assert "\n" not in str(refused.value)


def test_other_weights_are_refused_by_their_digest(folder: Path) -> None:
    content = bytearray((folder / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.onnx").write_bytes(bytes(content))
    with pytest.raises(OffkeyError, match=r"is not the graph that calibration\.json beside it was written for"):
        check_export(folder)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("protocol", 2, "is of protocol 2"),
        ("threshold", float("nan"), "'threshold' of .* must be a finite number"),
        ("threshold", "high", "'threshold' of .* must be a finite number"),
        ("normal_scores", [1.0], "must be a list of 3 or more numbers"),
        ("rate", -16000, "'rate' of .* must be a whole number"),
        ("window", 4001, r"takes samples .*expected .*4001"),
        ("channel", "left", "'channel' of "),
        ("tail", None, "'tail' of .* must be an object"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(folder: Path, name: str, value: Any, sentence: str) -> None:
    _edit(folder, lambda content: content.update({name: value}))
    with pytest.raises(OffkeyError, match=sentence):
        check_export(folder)


def test_a_folder_of_protocol_1_is_checked_for_ever() -> None:
    checked = check_export(Path(__file__).parents[1] / "runtime" / "protocol_1")
    assert checked.agrees, checked.sentences()
    assert len(checked.compared["numpy"]) > 4
