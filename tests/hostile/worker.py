"""Reads damaged files one after the other, and says what came of each: a line of JSON before and after it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

os.environ["OMP_NUM_THREADS"] = "1"
sys.dont_write_bytecode = True

MOST_MB = 500
MOST_S = 20.0
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEVER = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "pickle.find_class")


class Watch:
    """Notes what a case does that it must not: files elsewhere, programs, connections, pickles."""

    def __init__(self, allowed: Path) -> None:
        self.allowed, self.seen = str(allowed), list[str]()
        self.on = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in _NEVER:
            self.seen.append(f"{event}{arguments!r:.80}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
            self._check(event, arguments[0])
        elif event in ("os.mkdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate"):
            self._check(event, arguments[1] if event in ("os.rename", "os.link", "os.symlink") else arguments[0])

    def _check(self, event: str, path: Any) -> None:
        if isinstance(path, int):  # of a file that is open
            return
        text = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - links are not followed
        if not text.startswith((self.allowed, "/dev/", "/proc/self/")):
            self.seen.append(f"{event} {text}")


def peak_mb() -> float:
    """Return the peak of resident memory since the last `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def forget_peak() -> float:
    """Begin a new peak of resident memory, and return where it begins."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


def _alarm(*_: object) -> None:
    raise TimeoutError(f"more than {MOST_S:g} s")


def outcome(read: Any, path: Path, watch: Watch, *, is_good: bool = False) -> str:
    """Read a file, and return what is wrong with how that went; empty where nothing is."""
    from offkey.errors import OffkeyError

    begin, begin_s, said = forget_peak(), time.monotonic(), io.StringIO()
    try:
        signal.setitimer(signal.ITIMER_REAL, MOST_S)
        watch.seen.clear()
        watch.on = True
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            try:
                status = read(path)
                if is_good and isinstance(status, int) and status:
                    return f"a good file is refused with {status}: {said.getvalue()}"
            except OffkeyError as error:
                if "\n" in str(error) or is_good:
                    return f"a sentence of several lines, or of a good file: {error}"
            except Exception:
                return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        watch.on = False
    grown, took = peak_mb() - begin, time.monotonic() - begin_s
    if "Traceback" in said.getvalue():
        return said.getvalue()[-1500:]
    if grown > MOST_MB:
        return f"took {grown:.0f} MB"
    return f"took {took:.0f} s" if took > MOST_S else "; ".join(watch.seen)


def work(seed: int, first: int, last: int) -> None:
    """Go through the cases of a seed from the first to the one before the last."""
    from tests.hostile.kinds import all_kinds

    out = os.fdopen(os.dup(1), "w")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        kinds = all_kinds(folder)
        signal.signal(signal.SIGALRM, _alarm)
        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = in_use + (6 << 30)  # no bomb takes the machine
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
        watch = Watch(folder)
        for kind in kinds:  # what is loaded at first use is no case's own
            fault = _one(kind, kind.content, folder / "good", watch, is_good=True)
            print(json.dumps({"case": first, "kind": f"a good {kind.name}", "fault": fault}), file=out, flush=True)
        for number in range(first, last):
            rng = np.random.default_rng((seed, number))
            kind = kinds[number % len(kinds)]
            content = kind.ways[int(rng.integers(len(kind.ways)))](rng, kind.content)
            print(json.dumps({"case": number, "kind": kind.name}), file=out, flush=True)
            fault = _one(kind, content, folder / "case", watch)
            print(json.dumps({"case": number, "kind": kind.name, "fault": fault}), file=out, flush=True)


def _one(kind: Any, content: bytes, place: Path, watch: Watch, *, is_good: bool = False) -> str:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    (place / kind.name).write_bytes(content)
    os.chdir(place)
    return outcome(kind.read, place / kind.name, watch, is_good=is_good)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    work(*map(int, sys.argv[1:]))
