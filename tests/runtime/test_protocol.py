"""A folder that offkey 0.1.0 exported is read by every later version; it stays as it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from offkey.runtime import load
from offkey.runtime.engine import EngineName
from offkey.runtime.replay import replay

FOLDER = Path(__file__).parent / "protocol_1"


@pytest.mark.parametrize("engine", ["numpy", "onnxruntime"])
def test_a_folder_of_protocol_1_computes_what_it_computed(engine: EngineName) -> None:
    pytest.importorskip(engine)
    compared = replay(FOLDER, engine=engine)
    assert all(one.ok for one in compared)
    assert {"score", "p_value", "surprise", "anomalous"} <= {one.name for one in compared}


def test_its_decision_and_its_rule_of_events_are_read() -> None:
    model = load(FOLDER, engine="numpy")
    assert (model.rate, model.window, model.hop, model.channel) == (8000, 4000, 4000, 0)
    assert model.calibration.threshold == pytest.approx(5.549151, abs=1e-6)
    assert model.events is not None
    assert (model.events.hop_s, model.events.half_life, model.events.hold) == (0.5, 20.0, 120)
    with np.load(FOLDER / "vectors.npz") as arrays:
        clips, scores, anomalous = arrays["clips"], arrays["score"], arrays["anomalous"]
    results = [model.score(clip) for clip in clips]
    assert [result.score for result in results] == pytest.approx(scores.tolist(), rel=1e-4)
    assert [result.anomalous for result in results] == anomalous.tolist()
    assert len(set(anomalous.tolist())) == 2


def test_fields_that_a_later_version_adds_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "edge"
    shutil.copytree(FOLDER, folder)
    values = json.loads((folder / "calibration.json").read_text())
    values["model"]["colour"] = values["new"] = {"a": [1]}
    (folder / "calibration.json").write_text(json.dumps(values))
    clip = np.random.default_rng(0).normal(0, 0.1, 4000)
    assert load(folder).score(clip) == load(FOLDER).score(clip)
