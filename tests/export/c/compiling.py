"""Compilers of C at hand, and programs that they make of exported models."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

__all__ = ["FLAGS", "SANITIZERS", "build", "needs", "run", "skip_without_sanitizers", "windows"]

FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")

_COLUMNS = ("window", "is_scored", "score", "p_value", "surprise", "anomalous", "event", "first", "last", "peak")


def needs(program: str) -> pytest.MarkDecorator:
    """Return what skips a test where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def skip_without_sanitizers(compiler: str, folder: Path) -> None:
    """Skip a test where a compiler is installed without the libraries of its sanitizers."""
    (folder / "empty.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
    command = (compiler, *SANITIZERS, "-o", str(folder / "empty"), str(folder / "empty.c"))
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"the sanitizers of {compiler} are not installed")


def build(
    files: Mapping[str, str], folder: Path, *, compiler: str = "gcc", flags: Sequence[str] = (*SANITIZERS, "-O1")
) -> Path:
    """Write the files of a model to a folder, and return the program that replays its vectors, compiled."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    sources = [str(folder / name) for name in ("offkey.c", "replay.c")]
    program = folder / "replay"
    run(compiler, *FLAGS, *flags, "-o", str(program), *sources, "-lm")
    return program


def run(*command: str, sound: bytes = b"") -> str:
    """Run a command to its end, and return what it prints."""
    done = subprocess.run(command, input=sound, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout.decode()


def windows(program: Path, samples: NDArray[np.int16], block: int = 4096) -> dict[str, NDArray[np.float64]]:
    """Return what a program says of each window of sound that is pushed in blocks, a column by name."""
    printed = run(str(program), "-", str(block), sound=samples.astype("<i2").tobytes())
    rows = np.array([[float(value) for value in line.split()] for line in printed.splitlines()])
    return dict(zip(_COLUMNS, rows.reshape(-1, len(_COLUMNS)).T, strict=True))
