"""Exported C by compilers: bytes of flash and memory, depth of the stack, and instructions a window under qemu.

A Cortex-M4 with a floating-point unit stands for controllers. qemu counts its instructions exactly (``-icount
shift=0``: each takes one nanosecond of its clock, which SysTick counts by forty); cycles are some more, since loads
from flash wait.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

__all__ = [
    "CORTEX_M4",
    "EXAMPLES",
    "CReport",
    "Example",
    "instructions",
    "missing",
    "object_sizes",
    "replayed",
    "report",
    "stack_depth",
]

CORTEX_M4 = ("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
"""The compiler of a controller, and its options."""


@dataclass(frozen=True)
class Example:
    """A model that goes to a controller.

    `options`: of `offkey.fit`, at 16 kHz.
    `int8`: whether the weights of its network have eight bits.
    `flash`: bytes of flash of a controller that holds it.
    """

    options: Mapping[str, Any]
    flash: int
    int8: bool = False


EXAMPLES: Mapping[str, Example] = {
    "PSD, Mahalanobis": Example(
        {
            "detector": "mahalanobis",
            "features": "spectrum",
            "features_params": {"keep": list(range(2, 130)), "normalisation": "standard"},
        },
        flash=64 * 1024,
    ),
    "log-mel, PCA": Example({"detector": "pca_residual"}, flash=128 * 1024),
    "ToyCar autoencoder": Example(
        {"detector": "autoencoder", "features": "frames", "features_params": {"low_hz": 20.0}},
        flash=512 * 1024,
        int8=True,
    ),
}
"""Power from 31 Hz to 2 kHz, a bin each 15.6 Hz; the mean of 128 mel bands; and the network of MLPerf Tiny (C. Banbury
et al., "MLPerf Tiny Benchmark", NeurIPS 2021): 640 inputs, layers of 128 about a bottleneck of 8."""

_QEMU = ("qemu-system-arm", "-M", "mps2-an386", "-cpu", "cortex-m4", "-icount", "shift=0", "-display", "none")
_SEMIHOSTING = ("-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native")
_TARGET = Path(__file__).with_name("edge_target")
_MOST_S = 300.0  # of a run in qemu
_LIBRARY_STACK = 64  # bytes that logf and sqrtf of newlib take at most, beside what calls them


@dataclass(frozen=True)
class CReport:
    """Costs of a program on a Cortex-M4; None where a tool is missing.

    `flash`: bytes of code and tables, those of the C library among them.
    `state`: bytes that are remembered of a stream.
    `stack`: bytes that calls take at most.
    `instructions`: of a window, with all frames from the window before.
    `host_code`, `host_tables`: bytes of both by gcc on this computer.
    """

    flash: int | None
    state: int | None
    stack: int | None
    instructions: int | None
    host_code: int | None
    host_tables: int | None


def missing(*programs: str) -> list[str]:
    """Return which programs are not installed."""
    return [program for program in programs if shutil.which(program) is None]


def report(files: Mapping[str, str]) -> CReport:
    """Return what a program costs; `files` as of `offkey.export.c.c_sources`."""
    has_arm = not missing("arm-none-eabi-gcc", "arm-none-eabi-size")
    host = None if missing("gcc", "size") else object_sizes(files, ("gcc",))
    return CReport(
        _linked_size(files) if has_arm else None,
        _state_size(files) if has_arm else None,
        stack_depth(files) if has_arm else None,
        instructions(files) if has_arm and not missing("qemu-system-arm") else None,
        None if host is None else host[0],
        None if host is None else host[1],
    )


def object_sizes(files: Mapping[str, str], compiler: Sequence[str] = CORTEX_M4) -> tuple[int, int]:
    """Return the bytes of code and of tables in the object file, by ``size``."""
    with TemporaryDirectory() as folder:
        made = _compiled(files, Path(folder), compiler)
        lines = _run(f"{compiler[0].removesuffix('gcc')}size", "-A", str(made)).splitlines()
    sections = {line.split()[0]: int(line.split()[1]) for line in lines if line.startswith(".")}
    code = sum(size for name, size in sections.items() if name.startswith(".text"))
    return code, sum(size for name, size in sections.items() if name.startswith((".rodata", ".data")))


def stack_depth(files: Mapping[str, str]) -> int:
    """Return the bytes of the deepest chain of calls, by gcc's ``-fcallgraph-info=su``."""
    with TemporaryDirectory() as folder:
        made = _compiled(files, Path(folder), CORTEX_M4, "-fcallgraph-info=su")
        graph = made.with_suffix(".ci").read_text(encoding="utf-8")
    nodes = re.findall(r'node: \{ title: "([^"]+)" label: "([^"]*)"', graph)
    sizes = {name: _own_stack(label) for name, label in nodes}
    calls: dict[str, list[str]] = {name: [] for name in sizes}
    for caller, called in re.findall(r'sourcename: "([^"]+)" targetname: "([^"]+)"', graph):
        calls[caller].append(called)

    def depth(name: str) -> int:
        return sizes[name] + max((depth(called) for called in calls[name]), default=0)

    return depth("offkey_push")


def instructions(files: Mapping[str, str]) -> int:
    """Return how many instructions one window takes once windows follow one another, counted by qemu."""
    with TemporaryDirectory() as folder:
        program = _linked(files, Path(folder))
        printed = _run(*_QEMU, *_SEMIHOSTING, "-kernel", str(program))
    count = int(printed.split()[-1])
    if not count:
        raise RuntimeError("the program made no window, or more than one, of a hop of samples")
    return count


def replayed(files: Mapping[str, str]) -> float:
    """Return the largest relative difference of a score that the program shows by its vectors, on this computer."""
    with TemporaryDirectory() as name:
        folder = _written(files, Path(name))
        program, sources = folder / "replay", [str(folder / one) for one in ("offkey.c", "replay.c")]
        _run("gcc", "-std=c99", "-O2", "-o", str(program), *sources, "-lm")
        printed = _run(str(program))
    return float(printed.split()[-1])


def _own_stack(label: str) -> int:
    """Return the bytes of a function by what gcc says of it; the most for the C library, which it does not know."""
    found = re.search(r"(\d+) bytes", label)
    return int(found[1]) if found else _LIBRARY_STACK


def _linked_size(files: Mapping[str, str]) -> int:
    """Return the flash of a program without that of the board's start: what linking it in adds."""
    with TemporaryDirectory() as name:
        whole = _run("arm-none-eabi-size", str(_linked(files, Path(name))))
        empty = {"offkey.h": files["offkey.h"], "offkey.c": _EMPTY}
        start = _run("arm-none-eabi-size", str(_linked(empty, Path(name))))
    flash = [int(column) for text in (whole, start) for column in text.splitlines()[1].split()[:2]]
    return flash[0] + flash[1] - flash[2] - flash[3]


def _state_size(files: Mapping[str, str]) -> int:
    with TemporaryDirectory() as name:
        state = f"{files['offkey.c']}\noffkey_state counted;\n"
        made = _compiled({**files, "offkey.c": state}, Path(name), CORTEX_M4)
        lines = _run("arm-none-eabi-nm", "-S", str(made)).splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.endswith(" counted"))


_EMPTY = """#include "offkey.h"
void offkey_init(offkey_state *s) { (void)s; }
int offkey_push(offkey_state *s, const int16_t *samples, size_t n) { (void)s; (void)samples; return n > 1; }
"""


def _compiled(files: Mapping[str, str], folder: Path, compiler: Sequence[str], *options: str) -> Path:
    made = _written(files, folder) / "offkey.o"
    _run(*compiler, "-std=c99", "-O2", *options, "-c", "-o", str(made), str(folder / "offkey.c"))
    return made


def _linked(files: Mapping[str, str], folder: Path) -> Path:
    program, sources = folder / "program.elf", [str(_TARGET / "main.c"), str(_written(files, folder) / "offkey.c")]
    board = ("-nostartfiles", "--specs=nosys.specs", "-Wl,--gc-sections", "-T", str(_TARGET / "mps2.ld"))
    _run(*CORTEX_M4, "-std=gnu99", "-O2", f"-I{folder}", *board, "-o", str(program), *sources, "-lm")
    return program


def _written(files: Mapping[str, str], folder: Path) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_MOST_S)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stderr or done.stdout)[-1000:]}")
    return done.stdout or done.stderr  # qemu writes there what a program says
