"""The C of an exported folder, compiled here and run. It is code of the folder, so it is run on request alone."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError, UsageError
from offkey.export.folder import C_FOLDER
from offkey.runtime.calibration import Calibration
from offkey.runtime.engine import SCORE
from offkey.runtime.replay import SCORE_OF_C, TOLERANCE, Compared, at_worst, calibration_then

__all__ = ["COMPILE_FLAGS", "check_c"]

COMPILE_FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic")
"""Options of the compiler: warnings are errors."""

_COMPILERS = ("cc", "gcc", "clang")
_MOST_S = 600.0
_WIDER = 10.0  # C works in single precision: 1e-3 of a score, as its replay.c has it
_OF_DECISIONS = 1e-3  # of p-values and surprises: the tail is a table
_FIELDS = 10  # that replay.c prints of a window

Arrays = dict[str, NDArray[Any]]


def check_c(folder: Path, arrays: Arrays) -> list[Compared]:
    """Compile the C of a folder, run the clips of its vectors through ``c/replay.c``, and compare what it prints.

    Parameters
    ----------
    folder : Path
        That ``offkey export`` wrote, with ``c/``. Its code runs with the rights of this process.
    arrays : dict of str to ndarray
        Its ``vectors.npz``, see `offkey.runtime.replay.read_vectors`.

    Returns
    -------
    list of Compared
        Scores, then p-values, surprises and decisions: within 1e-3, that is ten times the tolerance of a graph.

    Raises
    ------
    UsageError
        If the folder holds no C, or this computer has no compiler.
    ExportError
        If the code does not compile, or does not end with the result of a window for each clip.
    """
    if not (folder / C_FOLDER / "replay.c").is_file():
        raise UsageError(
            f"{folder} holds no C to compile: leave out --compile, or export the model again with --target all."
        )
    compiler = _compiler()
    with TemporaryDirectory(prefix="offkey-c-") as made:
        program = Path(made) / "replay"
        sources = [str((folder / C_FOLDER / name).absolute()) for name in ("offkey.c", "replay.c")]
        _run([*compiler, *COMPILE_FLAGS, "-o", str(program), *sources, "-lm"], made, f"{folder} does not compile")
        rows = np.array([_result(program, clip, made) for clip in arrays["clips"]])
    return _compared(rows, arrays)


def _compiler() -> list[str]:
    """Return the command of a compiler: that of ``$CC``, or the first that is installed."""
    wanted = os.environ.get("CC", "").split()
    for command in [wanted] if wanted else [[name] for name in _COMPILERS]:
        if shutil.which(command[0]) is not None:
            return command
    missing = f"the compiler {wanted[0]!r} of $CC" if wanted else f"a C compiler ({', '.join(_COMPILERS)})"
    raise UsageError(f"To compile the C of a folder takes {missing}, which is not installed: install one, or set $CC.")


def _run(command: Sequence[str], folder: str, failure: str, given: bytes = b"") -> str:
    """Run a command to its end and return what it prints; an ExportError begins with the words for its failure."""
    try:
        done = subprocess.run(  # noqa: S603 - what the user wants to run, and no shell
            command, input=given, capture_output=True, check=False, cwd=folder, timeout=_MOST_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ExportError(f"{failure}: {error}.") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines() or [f"{command[0]} ended with {done.returncode}"]
        first = next((line for line in lines if "error" in line), lines[0])
        raise ExportError(f"{failure}: {first.strip()[:300]}.")
    return done.stdout.decode(errors="replace")


def _result(program: Path, clip: NDArray[np.int16], folder: str) -> list[float]:
    """Return score, p-value, surprise and decision of a clip, which is one window."""
    failure = "The program that the C makes cannot be used"
    printed = _run([str(program), "-"], folder, failure, clip.astype("<i2").tobytes())
    try:
        rows = [[float(word) for word in line.split()] for line in printed.splitlines()]
    except ValueError:
        rows = []
    if [len(row) for row in rows] != [_FIELDS]:
        raise ExportError(
            f"{failure}: it must print a line of {_FIELDS} numbers for a clip. Got {printed[:60]!r} instead."
        )
    return rows[0][2:6]


def _compared(rows: NDArray[np.float64], arrays: Arrays) -> list[Compared]:
    """Compare the results of clips, shape (n, 4), with those that follow from the scores of Python.

    A score that lies beside a normal one, or beside the threshold, may be ranked on either side of it.
    """
    calibration = calibration_then(arrays)
    scores, room = arrays.get(SCORE_OF_C, arrays[SCORE]), _WIDER * arrays[TOLERANCE + SCORE]
    ranges = [_decided(calibration, at) for at in (scores - room, scores + room)]
    low, high = np.minimum(*ranges), np.maximum(*ranges)
    decided = np.maximum(0.0, np.maximum(low - rows[:, 1:], rows[:, 1:] - high))
    away = np.column_stack([np.abs(rows[:, 0] - scores), decided])
    away = np.where(np.isfinite(away), away, math.inf)
    of_decisions = _OF_DECISIONS * np.maximum(high[:, :2], [1e-3, 1.0])
    tolerance = np.column_stack([room, of_decisions, np.full(len(rows), 0.5)])
    columns = zip(("score", "p_value", "surprise", "anomalous"), away.T, tolerance.T, strict=True)
    return [at_worst(name, of_clips, may_be, arrays) for name, of_clips, may_be in columns]


def _decided(calibration: Calibration, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-value, surprise and decision of scores, shape (n, 3)."""
    return np.array(
        [
            [calibration.p_value(one), calibration.surprise(one), calibration.is_anomalous(one)]
            for one in scores.tolist()
        ]
    )
