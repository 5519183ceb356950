"""Graphs of front ends beside the front ends themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from offkey.export.front_ends import front_end_nodes
from offkey.features import FrontEnd
from offkey.graph import Builder, write_onnx
from offkey.runtime.graph import Graph, run
from offkey.synthetic import Plant, faults, machines

Samples = NDArray[np.float32]


class Exported(NamedTuple):
    """A graph of a front end for windows of one length."""

    front_end: FrontEnd
    graph: Graph
    rate: int

    def expected(self, windows: Samples) -> Samples:
        """Return the vectors of the front end itself."""
        return np.stack([self.front_end.vector(window, self.rate) for window in windows])

    def by_numpy(self, windows: Samples, name: str = "vector") -> NDArray[Any]:
        """Return a tensor of the graph as numpy runs it."""
        return run(self.graph, {"samples": windows}, [name])[name]

    def by_onnxruntime(self, windows: Samples) -> NDArray[Any]:
        """Return the vectors as ONNX Runtime gives them."""
        pytest.importorskip("onnx", reason="onnx is not installed")
        runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = runtime.InferenceSession(write_onnx(self.graph), options, providers=["CPUExecutionProvider"])
        found: NDArray[Any] = session.run(["features"], {"samples": windows})[0]
        return found

    def check(self, windows: Samples, tolerance: float = 1e-4) -> None:
        """Check that both ways to run the graph give what the front end gives."""
        expected = self.expected(windows)
        for found in (self.by_numpy(windows), self.by_onnxruntime(windows)):
            assert found.shape == expected.shape
            assert found.dtype == np.float32
            np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@pytest.fixture(scope="session")
def export() -> Callable[..., Exported]:
    """Return a function: front end, rate and length of a window to its graph."""

    def exported(front_end: FrontEnd, rate: int, n_samples: int, without: Collection[str] = ()) -> Exported:
        b = Builder()
        samples = b.input("samples", np.float32, ("batch", n_samples))
        vector = front_end_nodes(b, front_end, samples, rate, n_samples, without=without)
        b.output(vector, "features", np.float32, ("batch", len(front_end.feature_names(rate))))
        return Exported(front_end, b.graph(), rate)

    return exported


@pytest.fixture(scope="session")
def windows() -> Callable[..., Samples]:
    """Return a function: machine, rate, seconds and count to windows of it, normal and with faults, without offset."""

    @lru_cache(maxsize=32)
    def made(machine: str = "pump", rate: int = 16_000, seconds: float = 2.0, count: int = 1) -> Samples:
        plant = Plant(seed=3, rate=rate, duration_s=max(2.0, seconds))
        kinds = [None, *faults(machine)]
        clips = [plant.clip(machine, number=n, fault=kinds[n % len(kinds)]).samples for n in range(count)]
        return _centred(np.stack(clips)[:, : round(seconds * rate)].astype(np.float32))

    return made


@pytest.fixture(scope="session")
def real_windows(shared_data: Path) -> Callable[[int], Samples]:
    """Return a function: length of a window to windows of real machines, normal and anomalous, without offset."""

    def read(n_samples: int) -> Samples:
        folder = shared_data / "dcase2020_real"
        found = [sorted((folder / machine).rglob(f"{label}_*"))[0] for machine in _REAL for label in _LABELS]
        return _centred(np.stack([soundfile.read(path, n_samples, dtype="float32")[0] for path in found]))

    return read


_REAL, _LABELS = ("fan", "slider", "valve", "ToyCar"), ("normal", "anomaly")


@pytest.fixture(params=machines())
def machine(request: pytest.FixtureRequest) -> str:
    """Return each synthetic machine in turn."""
    name: str = request.param
    return name


def _centred(windows: Samples) -> Samples:
    centred: Samples = windows - windows.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    centred.setflags(write=False)
    return centred
