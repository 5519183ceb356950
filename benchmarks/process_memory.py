"""The largest memory that a program held, on Linux."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

__all__ = ["children_of", "python_and_peak_mb"]

_EVERY_S = 0.02


def python_and_peak_mb(arguments: Sequence[object], executable: str | Path = sys.executable) -> tuple[str, float]:
    """Run `python ARGUMENTS...`, and return what it printed and the largest memory that it held, in MB.

    That of several processes is the sum of the largest of each, which counts what they share several times.

    `executable`: the interpreter, by default this one.
    """
    command, peaks_kb = [str(executable), *map(str, arguments)], {}
    with TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=out, stderr=errors) as process:
            while process.poll() is None:
                for pid in _tree(process.pid):
                    with suppress(OSError, StopIteration):  # it may have ended
                        peaks_kb[pid] = _peak_kb(pid)
                time.sleep(_EVERY_S)
        for file in (out, errors):
            file.seek(0)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, stderr=errors.read())
        return out.read(), sum(peaks_kb.values()) / 1024


def _tree(pid: int) -> Iterator[int]:
    """Give a process and all that it started and that they started."""
    yield pid
    for child in children_of(pid):
        yield from _tree(child)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started and did not wait for yet, zombies among them."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, children.read_text().split())
    return found


def _peak_kb(pid: int) -> int:
    """Return the largest resident memory of a process, which `ru_maxrss` mixes with that of whoever started it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
