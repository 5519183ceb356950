"""Small hostile files of every kind that offkey reads: none may end in a traceback, hang, grow, or write elsewhere.

``make test`` tries 200. ``OFFKEY_HOSTILE=2000`` tries as many as it says, with another seed each day.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANY = int(os.environ.get("OFFKEY_HOSTILE", "0"))
_SILENT_S = 120.0  # without a word, of a worker that hangs where no alarm reaches it


def _faults(seed: int, count: int) -> list[str]:
    """Return what was wrong with each case that was not refused or read as it should be."""
    faults, first = list[str](), 0
    while first < count:
        last, found = _worked(seed, first, count)
        faults += found
        first = last + 1
    return faults


def _worked(seed: int, first: int, count: int) -> tuple[int, list[str]]:
    """Let a worker go through cases; return the last that it came to, and the faults."""
    command = [sys.executable, "-m", "tests.hostile.worker", *map(str, (seed, first, count))]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    faults, last, under_way = list[str](), first, None
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None
        said = threading.Event()
        guard = threading.Thread(target=_end_when_silent, args=(ran, said), daemon=True)
        guard.start()
        errors: list[str] = []
        reader = threading.Thread(target=lambda: errors.append(ran.stderr.read() if ran.stderr else ""), daemon=True)
        reader.start()
        for line in ran.stdout:
            said.set()
            told = json.loads(line)
            under_way, last = (told, told["case"]) if "fault" not in told else (None, max(last, told["case"]))
            if told.get("fault"):
                faults.append(f"case {told['case']} of seed {seed}, {told['kind']}: {told['fault']}")
    said.set()  # nothing is waited for any more
    for thread in (reader, guard):
        thread.join()
    if under_way is not None:
        case, kind = under_way["case"], under_way["kind"]
        faults.append(f"case {case} of seed {seed}, {kind}: the worker ended with {ran.returncode}")
    elif ran.returncode:
        raise AssertionError(f"the worker ended with {ran.returncode}: {errors[0][-2000:]}")
    return last, faults


def _end_when_silent(ran: subprocess.Popen[str], said: threading.Event) -> None:
    while ran.poll() is None:
        if not said.wait(_SILENT_S):
            ran.kill()
        said.clear()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is watched by Linux's own means")
def test_none_of_two_hundred_does_harm() -> None:
    faults = _faults(1, 200)
    assert not faults, "\n".join(faults)


@pytest.mark.skipif(not MANY, reason="tried where OFFKEY_HOSTILE says how many")
def test_none_of_many_does_harm() -> None:
    faults = _faults(datetime.date.today().toordinal(), MANY)
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
