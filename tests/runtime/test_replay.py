from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.runtime.conftest import RATE, vectors

from offkey.runtime.errors import FolderError, GraphError
from offkey.runtime.graph import Graph
from offkey.runtime.replay import replay

Change = Any


def _write(folder: Path, arrays: dict[str, Any]) -> None:
    np.savez(folder / "vectors.npz", **arrays)


def test_an_export_that_is_whole_gives_what_it_gave(folder: Path) -> None:
    compared = replay(folder, engine="numpy")
    assert [one.name for one in compared] == ["power", "score", "p_value", "surprise", "anomalous"]
    assert all(one.ok and one.difference < 1e-12 for one in compared)


def test_by_onnxruntime_the_outputs_are_compared(folder: Path) -> None:
    pytest.importorskip("onnxruntime")
    compared = replay(folder, engine="onnxruntime")
    assert [one.name for one in compared] == ["score", "p_value", "surprise", "anomalous"]
    assert all(one.ok for one in compared)


def test_a_decision_that_somebody_edited_is_no_mismatch(folder: Path) -> None:
    path = folder / "calibration.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"threshold": 1e9, "normal_scores": [1, 2, 3]}))
    assert all(one.ok for one in replay(folder))


@pytest.mark.parametrize("name", ["between/power", "score", "p_value", "surprise"])
def test_a_tensor_that_differs_is_named_with_its_clip(folder: Path, graph: Graph, name: str) -> None:
    arrays = vectors(graph)
    arrays[name] = arrays[name].copy()
    arrays[name][1] *= 1.01
    _write(folder, arrays)
    bad = [one for one in replay(folder, engine="numpy") if not one.ok]
    short = name.removeprefix("between/")
    assert short in [one.name for one in bad]
    worst = next(one for one in bad if one.name == short)
    assert worst.clip == "usual"
    assert worst.difference == pytest.approx(0.01 * arrays[name][1] / 1.01)
    assert worst.sentence().startswith(f"'{short}' of the clip 'usual' is ")


def test_decisions_that_differ_are_found_unless_the_score_lies_at_the_threshold(folder: Path, graph: Graph) -> None:
    arrays = vectors(graph)
    arrays["anomalous"] = ~arrays["anomalous"]
    _write(folder, arrays)
    assert [one.name for one in replay(folder) if not one.ok] == ["anomalous"]
    arrays["tolerance/score"] = np.full(4, 10.0)
    _write(folder, arrays)
    assert all(one.ok for one in replay(folder))


def test_numbers_that_lie_beyond_all_bounds_differ(folder: Path, graph: Graph) -> None:
    arrays = vectors(graph)
    arrays["between/power"] = np.full_like(arrays["between/power"], 1e300, np.float64)
    arrays["tolerance/power"][:] = 0
    _write(folder, arrays)
    assert [one.name for one in replay(folder, engine="numpy") if not one.ok] == ["power"]


def test_a_tensor_of_another_shape_differs(folder: Path, graph: Graph) -> None:
    arrays = vectors(graph)
    arrays["between/power"] = arrays["between/power"][:, None]
    _write(folder, arrays)
    worst = replay(folder, engine="numpy")[0]
    assert not worst.ok
    assert worst.sentence().startswith("'power' of the clip 'quiet' has no finite number")


def test_a_tensor_that_the_graph_lacks_is_named(folder: Path, graph: Graph) -> None:
    arrays = vectors(graph)
    _write(folder, arrays | {"between/gone": arrays["score"], "tolerance/gone": arrays["score"]})
    with pytest.raises(GraphError, match="no tensor gone"):
        replay(folder, engine="numpy")


@pytest.mark.parametrize(
    "change",
    [
        {"clips": np.zeros(4, np.int16)},
        {"clips": np.zeros((4, 200), np.float32)},
        {"clips": np.zeros((0, 200), np.int16)},
        {"names": np.array(["a"])},
        {"score": np.full(4, np.nan)},
        {"score": np.array(list("abcd"))},
        {"p_value": np.ones(3)},
        {"tolerance/power": np.ones(2)},
        {"between/power": np.ones(9), "tolerance/power": np.ones(9)},
        {"normal_scores": np.ones(2)},
        {"tail": np.zeros(3)},
        {"threshold": np.ones(1)},
        {"tolerance/score": None},
        {"rate": np.ones(2)},
        {"events": np.ones(3)},
        {"score_of_c": np.ones(3)},
    ],
)
def test_arrays_that_do_not_go_together_are_refused(folder: Path, graph: Graph, change: dict[str, Any]) -> None:
    arrays = {name: values for name, values in (vectors(graph) | change).items() if values is not None}
    _write(folder, arrays)
    with pytest.raises(FolderError, match=r"vectors\.npz (must hold the array|holds arrays that do not go together)"):
        replay(folder)


@pytest.mark.parametrize("change", [{"clips": np.zeros((4, 100), np.int16)}, {"rate": np.array(RATE + 1)}])
def test_what_cannot_be_edited_must_be_as_it_was_exported(folder: Path, graph: Graph, change: dict[str, Any]) -> None:
    _write(folder, vectors(graph) | change)
    with pytest.raises(FolderError, match=r"'(window|rate)' of .* it cannot be edited, .*; put \d+ back"):
        replay(folder)


def test_a_missing_or_damaged_file_is_refused(folder: Path) -> None:
    path = folder / "vectors.npz"
    content = path.read_bytes()
    path.write_bytes(content[:-100])
    with pytest.raises(FolderError, match=r"is no file of arrays, or damaged"):
        replay(folder)
    damaged = bytearray(content)
    damaged[60:90] = bytes(30)
    path.write_bytes(damaged)
    with pytest.raises(FolderError, match=r"damaged"):
        replay(folder)
    path.unlink()
    with pytest.raises(FolderError, match=r"vectors\.npz cannot be read: No such file or directory"):
        replay(folder)


def test_a_pipe_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "vectors.npz").unlink()
    os.mkfifo(folder / "vectors.npz")
    with pytest.raises(FolderError, match=r"vectors\.npz is no regular file"):
        replay(folder)


def test_objects_are_never_unpickled_and_sizes_are_checked(
    folder: Path, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = vectors(graph)
    np.savez(folder / "vectors.npz", **arrays | {"names": np.array([{}, 1, 2, 3], object)})
    with pytest.raises(FolderError, match=r"of no plain numbers"):
        replay(folder)
    np.savez_compressed(folder / "vectors.npz", **arrays | {"clips": np.zeros(1 << 21, np.int16)})  # type: ignore[arg-type]
    monkeypatch.setattr("offkey.runtime.arrays._MOST_BYTES", 1 << 20)
    with pytest.raises(FolderError, match=r"unpacked it would be larger"):
        replay(folder)
