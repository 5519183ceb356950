from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.runtime.conftest import RATE, RULE, WINDOW, noise

from offkey.graph import Builder, write_onnx
from offkey.runtime import Model, load
from offkey.runtime.errors import EdgeError, FolderError, GraphError


def _edit(folder: Path, **values: Any) -> None:
    path = folder / "calibration.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_folder_gives_the_model_that_was_exported(folder: Path, model: Model) -> None:
    found = load(folder, engine="numpy")
    assert (found.rate, found.window, found.hop, found.channel, found.events) == (RATE, WINDOW, WINDOW, 0, RULE)
    assert found.engine == "numpy"
    assert found.score_windows(noise(5 * WINDOW)) == model.score_windows(noise(5 * WINDOW))


def test_onnxruntime_gives_the_same(folder: Path) -> None:
    pytest.importorskip("onnxruntime")
    quick, plain = load(folder), load(str(folder), engine="numpy")
    assert quick.engine == "onnxruntime"
    for one, other in zip(*(m.score_windows(noise(5 * WINDOW)) for m in (quick, plain)), strict=True):
        assert one.score == pytest.approx(other.score, rel=1e-12)
        assert (one.p_value, one.anomalous) == (other.p_value, other.anomalous)


def test_without_onnxruntime_numpy_runs_the_graph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.runtime.engine.find_spec", lambda _: None)
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    assert load(folder).engine == "numpy"
    with pytest.raises(GraphError, match=r"not installed: pip install 'offkey-runtime\[onnxruntime\]' brings it"):
        load(folder, engine="onnxruntime")
    with pytest.raises(EdgeError, match=r"must be 'auto', 'numpy' or 'onnxruntime'\. Got 'torch'"):
        load(folder, engine="torch")  # type: ignore[arg-type]


def test_a_person_may_edit_the_decision(folder: Path) -> None:
    before = load(folder).score(noise(WINDOW))
    assert before.score is not None
    _edit(folder, threshold=before.score / 2, normal_scores=[before.score + 1, 0, before.score], events=None)
    after = load(folder)
    assert after.score(noise(WINDOW)).anomalous
    assert after.score(noise(WINDOW)).p_value == 0.75  # of scores in any order
    assert after.events is None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"protocol": 2}, r"is of protocol 2, and this version of offkey-runtime knows those up to 1: install a later"),
        ({"protocol": "1"}, r"'protocol' of .*calibration\.json must be a whole number from 1 .*Got '1' instead\."),
        ({"protocol": None}, r"Got nothing instead"),
        ({"rate": 16000.5}, r"'rate' of .* must be a whole number from 400 to 10000000\. Got 16000\.5 instead\."),
        ({"rate": True}, r"Got True instead"),
        ({"rate": 0}, r"Got 0 instead"),
        ({"window": 10**12}, r"'window' of "),
        ({"hop": -1}, r"'hop' of "),
        ({"hop": 10**400}, r"Got a number of more than 60 digits instead"),
        ({"threshold": 10**400}, r"'threshold' of .* must be a finite number\. Got a number of more than 60 digits"),
        ({"threshold": float("nan")}, r"'threshold' of .* must be a finite number\. Got nan instead\."),
        ({"threshold": "1"}, r"Got '1' instead"),
        ({"normal_scores": [1, 2]}, r"'normal_scores' of .* a list of 3 or more numbers\. Got a list of 2 instead\."),
        ({"normal_scores": [1, 2, None]}, r"must be a finite number\. Got nothing"),
        ({"normal_scores": {}}, r"Got an object of 0"),
        ({"false_alarm_rate": 2}, r"must be a finite number from 0 to 1\. Got 2 instead\."),
        ({"tail": {"shape": 0, "scale": 1, "location": 0}}, r"'shape' of 'tail' of .* from 0\.0001 to 10000\. Got 0"),
        ({"tail": {"shape": 1, "scale": 0, "location": 0}}, r"'scale' of 'tail' of .* must be a number above 0\."),
        ({"tail": []}, r"'tail' of .* must be an object\. Got a list of 0"),
        (
            {"channel": "0-1 per bin"},
            r"'channel' of .* index from 0, 'mean', or two indices.*Got '0-1 per bin' instead",
        ),
        ({"channel": -1}, r"Got -1 instead"),
        ({"events": {}}, r"'hop_s' of 'events' of .* must be a finite number from 1e-06 to 3600\. Got nothing"),
        ({"events": [1]}, r"'events' of .* must be an object"),
        ({"model": {"sha256": 5}}, r"'sha256' of 'model' of .* must be a text\. Got 5"),
        (
            {"model": {"sha256": None}},
            r"as C alone, without model\.onnx: .* --compile' compiles .*; for a graph, export the model again",
        ),
        (
            {"model": {"sha256": "ab" * 32}},
            r"model\.onnx is not the graph that calibration\.json beside it was written",
        ),
        (
            {"window": 100},
            r"takes samples \('batch', 200\); expected 'samples' of float32 and the shape \(batch, 100\)",
        ),
    ],
)
def test_values_that_cannot_be_are_refused_in_a_sentence(folder: Path, values: dict[str, Any], sentence: str) -> None:
    _edit(folder, **values)
    with pytest.raises((FolderError, GraphError), match=sentence) as caught:
        load(folder)
    assert len(str(caught.value)) < 900


def test_levels_of_events_in_the_wrong_order_are_refused(folder: Path) -> None:
    rule = json.loads((folder / "calibration.json").read_text())["events"]
    _edit(folder, events=rule | {"open_at": 1.0})
    with pytest.raises(FolderError, match=r"'open_at' of 'events' of .* must be 'close_at' or more, 2\. Got 1 instead"):
        load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"protocol": 1' + b"0" * 5000])
def test_a_calibration_that_is_no_json_object_is_refused(folder: Path, content: bytes) -> None:
    (folder / "calibration.json").write_bytes(content)
    with pytest.raises(FolderError, match=r"is no JSON|must be a JSON object"):
        load(folder)


def test_a_calibration_of_too_many_values_is_refused(folder: Path) -> None:
    _edit(folder, normal_scores=[0] * 1_100_000)
    with pytest.raises(FolderError, match="holds more values than any file of its kind"):
        load(folder)


def test_files_that_are_not_there_or_no_files_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(
        FolderError, match=r"gone/calibration\.json cannot be read: No such file or directory; give a f"
    ):
        load(tmp_path / "gone")
    with pytest.raises(FolderError, match=r"cannot be read: embedded null"):
        load("a\0b")
    (folder / "model.onnx").unlink()
    with pytest.raises(FolderError, match=r"model\.onnx cannot be read: No such file"):
        load(folder)
    os.mkfifo(folder / "model.onnx")
    with pytest.raises(FolderError, match=r"model\.onnx is no regular file"):
        load(folder)


def _replace(folder: Path, content: bytes) -> None:
    import hashlib

    (folder / "model.onnx").write_bytes(content)
    _edit(folder, model={"sha256": hashlib.sha256(content).hexdigest()})


def test_a_graph_that_is_damaged_or_of_other_ends_is_refused(folder: Path) -> None:
    _replace(folder, b"\x08\x08not a graph")
    with pytest.raises(GraphError, match=r"model\.onnx cannot be used: "):
        load(folder)
    b = Builder()
    b.output(b("Sqrt", b.input("samples", np.float32, ("batch", WINDOW))), "loudness", np.float32, ("batch", WINDOW))
    _replace(folder, write_onnx(b.graph()))
    with pytest.raises(GraphError, match=r"model\.onnx gives no 'score'"):
        load(folder)


def test_bytes_that_flip_are_found_by_the_digest(folder: Path) -> None:
    path = folder / "model.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(FolderError, match="SHA-256"):
        load(folder)
