"""What a model is exported to, and how it scores there: for `benchmarks.edge`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.edge_c import EXAMPLES, CReport, report
from benchmarks.edge_sets import Rows
from offkey.export import Exported, export_model
from offkey.export.clips import FULL_SCALE
from offkey.export.whole import SAMPLES, SCORE
from offkey.model import Model
from offkey.runtime.graph import run

__all__ = ["TARGETS", "Measured", "by_python", "measured"]

TARGETS = {
    "numpy": "ONNX, numpy",
    "onnxruntime": "ONNX, onnxruntime",
    "memory 32": "ONNX, `--memory 32`",
    "int8": "ONNX, `--int8`",
    "c host": "C, this computer",
    "c cortex-m4": "C, Cortex-M4",
}
_BLOCK = 4  # windows at a time
_TIMED = 5
_STREAM_WINDOWS = 50

Samples = NDArray[np.float32]
Score = Callable[[Samples], NDArray[np.float64]]


@dataclass(frozen=True, order=True)
class Measured:
    """What an export takes, and what it scores."""

    cost: float  # seconds of a window, or instructions
    unit: str = field(compare=False)
    size: int = field(compare=False)  # bytes of the graph, or of flash
    memory: int = field(compare=False)  # bytes of tensors at most, or of RAM
    scores: Rows = field(compare=False)

    def cost_text(self) -> str:
        """Return the cost as a cell."""
        return f"{1e3 * self.cost:.1f} ms" if self.unit == "s" else f"{self.cost:,.0f} {self.unit}"


def by_python(model: Model, windows: Rows) -> Rows:
    """Return the scores of windows by offkey itself."""
    extractor = model.extractor()
    return Rows([model.scores(np.stack([extractor.vector(one) for one in part])) for part in windows.parts])


def measured(model: Model, target: str, windows: Rows, folder: Path) -> Measured:
    """Export a model to a folder, and measure it there."""
    if target.startswith("c "):
        return _of_c(model, target, windows)
    memory = 32 if target == "memory 32" else None
    exported = export_model(model, folder / "out", memory=memory, int8=target == "int8")
    score = _by_onnxruntime(folder / "out") if target == "onnxruntime" else partial(_by_numpy, exported)
    scores = Rows([_in_blocks(score, part) for part in windows.parts])
    assert exported.size is not None  # noqa: S101 - it is a graph
    return Measured(
        _seconds(score, windows.parts[0][:1]), "s", exported.files["model.onnx"], exported.size.tensor_bytes, scores
    )


def _by_numpy(exported: Exported, windows: Samples) -> NDArray[np.float64]:
    assert exported.graph is not None  # noqa: S101 - it is a graph
    return run(exported.graph, {SAMPLES: windows}, [SCORE])[SCORE]


def _by_onnxruntime(folder: Path) -> Score:
    onnxruntime: Any = import_module("onnxruntime")  # without types
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
    return lambda windows: session.run([SCORE], {SAMPLES: windows})[0]


def _in_blocks(score: Score, windows: Samples) -> NDArray[np.float64]:
    return np.concatenate([score(windows[start : start + _BLOCK]) for start in range(0, len(windows), _BLOCK)])


def _seconds(score: Score, window: Samples) -> float:
    """Return the least time of a window."""
    times = []
    for _ in range(_TIMED):
        began = time.perf_counter()
        score(window)
        times.append(time.perf_counter() - began)
    return min(times)


def _of_c(model: Model, target: str, windows: Rows) -> Measured:
    """Return the C for this computer or for a controller; scores are those of this computer."""
    found, seconds, scores = _compiled(model, windows)
    ram = sum(size for size in (found.state, found.stack) if size)
    if target == "c host":
        return Measured(seconds, "s", (found.host_code or 0) + (found.host_tables or 0), ram, scores)
    return Measured(found.instructions or float("nan"), "instructions", found.flash or 0, ram, scores)


@lru_cache(1)
def _compiled(model: Model, windows: Rows) -> tuple[CReport, float, Rows]:
    """Export and compile a model; return its costs, the seconds of a window on this computer, and scores."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        export_model(model, folder / "out", targets=["c"], int8=any(_is_int8(model)))
        files = {path.name: path.read_text(encoding="utf-8") for path in (folder / "out" / "c").iterdir()}
        program = folder / "replay"
        sources = [str(folder / "out" / "c" / name) for name in ("offkey.c", "replay.c")]
        subprocess.run(["cc", "-std=c99", "-O2", "-o", str(program), *sources, "-lm"], check=True)
        whole = [np.round(part * FULL_SCALE).astype("<i2") for part in windows.parts]
        scores = Rows([np.array([_printed(program, window)[0] for window in part]) for part in whole])
        return report(files), _seconds_of(program, whole), scores


def _is_int8(model: Model) -> Iterator[bool]:
    """Yield for each example of this detector whether its weights have 8 bits in C."""
    return (one.int8 for one in EXAMPLES.values() if one.options["detector"] == model.detector.name)


def _printed(program: Path, samples: NDArray[np.int16]) -> list[float]:
    """Return the scores of the windows of a stream."""
    done = subprocess.run([str(program), "-"], input=samples.tobytes(), capture_output=True, check=True)
    return [float(line.split()[2]) for line in done.stdout.splitlines()]


def _seconds_of(program: Path, whole: Sequence[NDArray[np.int16]]) -> float:
    """Return the time of a window of a long stream, in which windows share frames."""
    sound = np.concatenate([part.reshape(-1) for part in whole[:_TIMED]])
    sound = np.resize(sound, _STREAM_WINDOWS * whole[0].shape[1])
    began = time.perf_counter()
    count = len(_printed(program, sound))
    return (time.perf_counter() - began) / count
