"""Exported models beside Python: what is counted, and the table of a small set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks.edge import Apart
from benchmarks.edge_sets import EdgeModel, EdgeSet, Rows, overlapping_windows
from benchmarks.edge_targets import by_python, measured
from tests.conftest import Hum
from tests.export.conftest import RATE

import offkey
from benchmarks import edge


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> EdgeSet:
    folder, paths = tmp_path_factory.mktemp("set"), []
    for number in range(20):
        paths.append(folder / f"{number}.wav")
        soundfile.write(paths[-1], hum(number, seconds=0.5, rate=RATE, tone_hz=2500 if number > 16 else None), RATE)
    model = offkey.fit(paths[:14], detector="mahalanobis", features_params={"n_mels": 16})
    return EdgeSet("vibration", paths[:14], paths[14:17], paths[17:], {"default": model})


def test_differences_are_shares_of_scores_and_decisions_are_counted(small: EdgeSet) -> None:
    model = small.fitted("default")
    threshold = model.threshold.value
    expected, found = (Rows([np.array(one)]) for one in ([100 * threshold, threshold * 1.01], [101 * threshold, 0.0]))
    apart = Apart.of(model, expected, found)
    assert (apart.decisions, apart.windows, apart.anomalous, apart.far) == (1, 2, 2, 2)
    assert apart.largest == pytest.approx(
        1.01 * threshold / max(1.01 * threshold, np.ptp(model.calibration.normal_scores))
    )
    both = Apart.joined([apart, Apart(0.5, 1, 10, 3, 4)])
    assert (both.decisions, both.windows, both.anomalous, both.far) == (2, 12, 5, 6)


def test_a_graph_is_measured_where_it_runs(small: EdgeSet, tmp_path: Path) -> None:
    model, windows = small.fitted("default"), small.windows("default")
    found = measured(model, "numpy", windows, tmp_path)
    assert Apart.of(model, by_python(model, windows), found.scores).largest < 1e-4
    assert found.size > 10_000
    assert found.cost_text().endswith(" ms")


def test_windows_overlap_and_are_as_many_as_are_wanted(small: EdgeSet) -> None:
    windows = overlapping_windows(small, small.fitted("default"), 101).joined
    assert windows.shape == (101, 4000)  # of 24,000 samples, one each 200
    np.testing.assert_array_equal(windows[0, 200:], windows[1, :-200])


def test_a_table_is_printed(
    small: EdgeSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(edge, "edge_sets", lambda *_: iter([small]))
    monkeypatch.setattr(edge, "MODELS", {"default": EdgeModel({}, ("numpy",))})
    edge.main([".", "--model", "default", "--set", "slide rail", "--windows", "40"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| default | ONNX, numpy | 1 |")
    assert lines[2].endswith(" | 1.0000 | 1.0000 | " + lines[2].split("|")[9].strip() + " | 0 of 6 |")
    assert lines[-1].startswith("| all | 40 |")


def test_every_recording_is_scored_learnt_ones_too(
    small: EdgeSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(edge, "edge_sets", lambda *_: iter([small]))
    monkeypatch.setattr(edge, "MODELS", {"default": EdgeModel({}, ("numpy", "int8"))})
    edge.main([".", "--every", "--model", "default", "--set", "vibration"])
    (line,) = capsys.readouterr().out.splitlines()[2:]
    assert line.startswith("| default | ONNX, numpy | 1 | 20 | ")
    assert line.endswith(" | 0 | 0 |")
