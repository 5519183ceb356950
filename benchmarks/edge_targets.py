"""What a model is exported to, and how it scores there: for `benchmarks.edge`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    "memory 128": "ONNX, `--memory 128`",
    "c host": "C, this computer",
    "c cortex-m4": "C, Cortex-M4",
}
_BLOCK = 4  # windows at a time
_TIMED = 5
_M4 = ("-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard")

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
        return _of_c(model, target, windows, folder)
    exported = export_model(model, folder / "out", memory=128 if target == "memory 128" else None)
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
    import onnxruntime

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


def _of_c(model: Model, target: str, windows: Rows, folder: Path) -> Measured:
    """Compile a model, for this computer or for a controller; scores are those of this computer."""
    export_model(model, folder / "out", targets=["c"])
    sources = folder / "out" / "c"
    program = folder / "replay"
    _run("cc", "-std=c99", "-O2", "-o", str(program), str(sources / "offkey.c"), str(sources / "replay.c"), "-lm")
    whole = [np.round(part * FULL_SCALE).astype("<i2") for part in windows.parts]
    scores = Rows([np.array([_window_score(program, window) for window in part]) for part in whole])
    if target == "c host":
        flash, ram = _sizes("cc", ("-O2",), "size", sources, folder)
        seconds = _seconds(lambda window: np.array([_window_score(program, window)]), whole[0][0])
        return Measured(seconds, "s", flash, ram, scores)
    flash, ram = _sizes("arm-none-eabi-gcc", (*_M4, "-Os"), "arm-none-eabi-size", sources, folder)
    return Measured(float("nan"), "instructions", flash, ram, scores)


def _window_score(program: Path, window: NDArray[np.int16]) -> float:
    """Return the score of one window."""
    done = subprocess.run([str(program), "-"], input=window.tobytes(), capture_output=True, check=True)
    return float(done.stdout.split()[2])


def _sizes(compiler: str, flags: tuple[str, ...], size: str, sources: Path, folder: Path) -> tuple[int, int]:
    """Return the bytes of code and tables, and those of one state."""
    state = folder / "state.c"
    state.write_text('#include "offkey.h"\noffkey_state state;\n', encoding="utf-8")
    found = []
    for source in (sources / "offkey.c", state):
        made = folder / f"{source.stem}.o"
        _run(compiler, "-std=c99", *flags, f"-I{sources}", "-c", "-o", str(made), str(source))
        text, data, bss = map(int, _run(size, str(made)).splitlines()[1].split()[:3])
        found.append((text, data, bss))
    return found[0][0] + found[0][1], sum(found[1])


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
