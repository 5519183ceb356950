"""A small model: the root mean square of a window is its score."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.decision import Calibration as Reference
from offkey.graph import Builder, write_onnx
from offkey.runtime.calibration import Calibration, EventRule, Tail
from offkey.runtime.engine import NumpyEngine
from offkey.runtime.graph import Graph, run
from offkey.runtime.model import Model

RATE, WINDOW = 1000, 200
NORMAL = np.random.default_rng(1).gamma(4, 0.02, 99)
RULE = EventRule(hop_s=0.1, half_life=2.0, open_at=6.0, close_at=2.0, hold=5, usual=1.0, basis="Nothing.")


def small_graph() -> Graph:
    """Root mean square, with the named tensor ``power`` on the way."""
    b = Builder()
    samples = b.cast(b.input("samples", np.float32, ("batch", WINDOW)), np.float64)
    power = b("ReduceMean", b("Mul", samples, samples), axes=[1], keepdims=0, name="power")
    b.output(b("Sqrt", power), "score", np.float64, ("batch",))
    return b.graph()


@pytest.fixture(scope="session")
def graph() -> Graph:
    return small_graph()


def calibration() -> Calibration:
    reference = Reference(NORMAL)
    tail = reference.tail
    threshold = reference.threshold(0.05).value
    return Calibration(sorted(NORMAL.tolist()), threshold, Tail(tail.shape, tail.scale, tail.location))


@pytest.fixture
def model(graph: Graph) -> Model:
    return Model(NumpyEngine(graph), calibration(), rate=RATE, window=WINDOW, hop=WINDOW, events=RULE)


def noise(n: int, level: float = 0.05, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (level * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


def calibration_json(digest: str | None) -> dict[str, Any]:
    """The values of a ``calibration.json`` of protocol 1."""
    small = calibration()
    rule = dict(vars(RULE))
    return {
        "protocol": 1,
        "offkey": "0.1.0",
        "rate": RATE,
        "window": WINDOW,
        "hop": WINDOW,
        "channel": 0,
        "threshold": small.threshold,
        "false_alarm_rate": 0.05,
        "extrapolated": False,
        "normal_scores": small.normal_scores,
        "worth": 99,
        "tail": dict(vars(small.tail)),
        "events": {**rule, "from": rule.pop("basis")},
        "model": {"name": "small", "sha256": digest, "fitted_on": {"clips": 99}},
    }


def vectors(graph: Graph) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a ``vectors.npz`` of protocol 1."""
    small = calibration()
    clips = np.stack([(noise(WINDOW, level, 1) * 32_767).astype(np.int16) for level in (0.01, 0.05, 0.2, 0.3)])
    found = run(graph, {"samples": clips.astype(np.float32) / np.float32(32_768)}, ["power", "score"])
    scores = found["score"]
    return {
        "clips": clips,
        "names": np.array(["quiet", "usual", "loud", "louder"]),
        "score": scores,
        "p_value": np.array([small.p_value(score) for score in scores.tolist()]),
        "anomalous": scores > small.threshold,
        "surprise": np.array([small.surprise(score) for score in scores.tolist()]),
        "threshold": np.array(small.threshold),
        "normal_scores": np.array(small.normal_scores),
        "tail": np.array(list(vars(small.tail).values())),
        "tolerance/score": 1e-4 * scores,
        "between/power": found["power"][:3],
        "tolerance/power": 1e-4 * found["power"][:3],
    }


def exported_files() -> dict[str, bytes]:
    """The files of an exported folder, by name."""
    graph, arrays = small_graph(), io.BytesIO()
    content = write_onnx(graph)
    np.savez_compressed(arrays, **vectors(graph))  # type: ignore[arg-type]
    values = calibration_json(hashlib.sha256(content).hexdigest())
    return {
        "model.onnx": content,
        "vectors.npz": arrays.getvalue(),
        "calibration.json": json.dumps(values).encode(),
    }


@pytest.fixture(scope="session")
def _exported() -> dict[str, bytes]:
    return exported_files()


@pytest.fixture
def folder(tmp_path: Path, _exported: dict[str, bytes]) -> Path:
    """An exported folder."""
    place = tmp_path / "exported"
    place.mkdir()
    for name, content in _exported.items():
        (place / name).write_bytes(content)
    return place
