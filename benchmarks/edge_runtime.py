"""The runtime of exported models, installed alone: ``python -m benchmarks.edge_runtime``.

Its size, start and memory beside those of numpy, and a month of windows in fast time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

import offkey
from benchmarks.clips import RATE, clips
from benchmarks.process_memory import python_and_peak_mb
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.export import export_model
from offkey.runtime import load

__all__ = ["alone", "main"]

ROOT = Path(__file__).parents[1]
NUMPY = "python with numpy"
OWN, QUICK = "`offkey-runtime`, one clip, numpy", "`offkey-runtime`, one clip, onnxruntime"
GOAL_KB, GOAL_START, GOAL_MB, GOAL_GROWTH_KB = 500, 3.0, 60, 256
_RUN = "import sys; from offkey_runtime.command import main; sys.exit(main(sys.argv[1:]))"
_MONTH = """
import sys, time, resource
import numpy as np
from offkey_runtime.calibration import Calibration, EventRule, Tail
from offkey_runtime.engine import NumpyEngine
from offkey_runtime.graph import Graph, Node, Port
from offkey_runtime.model import Model

rate, length, days = 400, 200, float(sys.argv[1])
nodes = (
    Node("Abs", ("samples",), ("levels",)),
    Node("ReduceMean", ("levels",), ("score",), {"axes": (1,), "keepdims": 0}),
)
ports = Port("samples", np.dtype(np.float32), ("batch", length)), Port("score", np.dtype(np.float32), ("batch",))
graph = Graph(nodes, {}, ports[:1], ports[1:])
normal = sorted(np.random.default_rng(0).gamma(50, 0.002, 1000).tolist())
calibration = Calibration(normal, normal[-10], Tail(50.0, 0.002, 0.0))
rule = EventRule(1.0, 10.0, 2.0, 1.5, 60, 1.0)
stream = Model(NumpyEngine(graph), calibration, rate=rate, window=length, hop=rate, events=rule).stream()
blocks = [np.random.default_rng(n).normal(0, 0.125 * (1 + n / 8), 600 * rate).astype(np.float32) for n in range(6)]

def held_kb():
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))

began, windows, events, first = time.process_time(), 0, 0, 0
for number in range(max(12, round(days * 144))):
    for result in stream.push(blocks[number % 6]):
        windows += 1
        events += result.event is not None and result.event.kind == "end"
    if number == 5:
        first = held_kb()
print(windows, events, time.process_time() - began, held_kb() - first)
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=100, help="clips that the model is fitted on [%(default)s]")
    parser.add_argument("--detector", default="fused", help="of the exported model [%(default)s]")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--days", type=float, default=30, help="of windows each second [%(default)s]")
    args = parser.parse_args(arguments)
    with alone() as python:
        _print_sizes(python)
        with clips(args.train) as paths, TemporaryDirectory() as folder:
            model = offkey.fit(paths, detector=args.detector)
            export_model(model, Path(folder) / "edge")
            clip = Path(folder) / "clip.wav"
            soundfile.write(clip, soundfile.read(paths[0])[0][: round(model.windowing.window_s * RATE)], RATE)
            _print_starts(python, Path(folder) / "edge", clip, args.rounds)
            _print_windows(model, Path(folder) / "edge", clip, args.rounds)
        _print_month(python, args.days)


@contextmanager
def alone() -> Iterator[Path]:
    """Give the interpreter of a virtual environment with the runtime and numpy as long as the block lasts."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
        _call(*build, cwd=ROOT / "runtime")
        _call(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        python = folder / "venv" / "bin" / "python"
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", "--no-compile")
        _call(*pip, next(folder.glob("*.whl")))
        for found in Path(np.__file__).parents[1].glob("numpy*"):
            (_packages(python) / found.name).symlink_to(found)
        yield python


def _print_sizes(python: Path) -> None:
    packages = _packages(python)
    own_kb = _size(packages.glob("offkey_runtime*")) / 1000
    print_head("installed", "kB")
    print_row("offkey-runtime", f"{own_kb:,.0f}")
    print_row("numpy, which it needs", f"{_size(packages.glob('numpy*')) / 1000:,.0f}")
    print_goal("offkey-runtime", own_kb, GOAL_KB, unit="kB")


def _print_starts(python: Path, folder: Path, clip: Path, rounds: int) -> None:
    """Print how long processes take and the memory they hold, to the first score of a clip."""
    score = ["-I", "-c", _RUN, folder, clip, "--engine"]
    commands: dict[str, tuple[str | Path, list[object]]] = {
        NUMPY: (python, ["-I", "-c", "import numpy"]),
        OWN: (python, [*score, "numpy"]),
    }
    if find_spec("onnxruntime") is not None:  # which this environment has, and the runtime's does not
        path = f"import sys; sys.path.insert(0, {str(_packages(python))!r}); "
        commands[QUICK] = (sys.executable, ["-I", "-c", path + _RUN, folder, clip, "--engine", "onnxruntime"])
    runs = {name: partial(_call, one, *rest) for name, (one, rest) in commands.items()}
    for run in runs.values():
        run()  # compiles what it imports
    took_s = best_s(runs, rounds=rounds, most_s=60, clock=time.perf_counter)
    print()
    print_head("whole process", "s", f"x {NUMPY}", "MB")
    peaks_mb = {name: python_and_peak_mb(rest, one)[1] for name, (one, rest) in commands.items()}
    for name, seconds in took_s.items():
        print_row(name, f"{seconds:.2f}", f"{seconds / took_s[NUMPY]:.1f}", f"{peaks_mb[name]:.0f}")
    print_goal("start to the first score", took_s[OWN] / took_s[NUMPY], GOAL_START)
    print_goal("memory above that of numpy", peaks_mb[OWN] - peaks_mb[NUMPY], GOAL_MB, unit="MB")


def _print_windows(model: offkey.Model, folder: Path, clip: Path, rounds: int) -> None:
    """Print how long a window takes, the engines beside offkey itself, in one thread."""
    samples = soundfile.read(clip, dtype="float32")[0]
    engines = ("numpy", "onnxruntime") if find_spec("onnxruntime") is not None else ("numpy",)
    runs: dict[str, Callable[[], object]] = {"`Model.score_window` of offkey": partial(model.score_window, samples)}
    for engine in engines:
        runs[f"the runtime, {engine}"] = partial(load(folder, engine=engine).score, samples)  # type: ignore[arg-type]
    with held_to(1):
        took_s = best_s(runs, rounds=4 * rounds, in_a_row=3)
    print()
    print_head("one window", "ms", "x offkey")
    for name, seconds in took_s.items():
        print_row(name, f"{1000 * seconds:.1f}", f"{seconds / next(iter(took_s.values())):.1f}")


def _print_month(python: Path, days: float) -> None:
    windows, events, seconds, grown_kb = map(float, _call(python, "-I", "-c", _MONTH, days).split())
    print()
    print_head("windows each second", "days", "windows", "events", "s of one core", "us a window", "kB grown")
    each_us = f"{1e6 * seconds / windows:.0f}"
    print_row(
        "a tiny graph", f"{days:g}", f"{windows:,.0f}", f"{events:.0f}", f"{seconds:.0f}", each_us, f"{grown_kb:.0f}"
    )
    print_goal("growth after the first hour", grown_kb, GOAL_GROWTH_KB, unit="kB")


def _call(*command: object, cwd: Path | None = None) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, cwd=cwd).stdout


def _packages(python: Path) -> Path:
    return next(python.parents[1].glob("lib/python*/site-packages"))


def _size(paths: Iterator[Path]) -> int:
    """Return the bytes of the files below paths; bytecode is made when they run."""
    files = [file for path in paths for file in (path.resolve().rglob("*") if path.is_dir() else [path])]
    return sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc")


if __name__ == "__main__":
    main()
