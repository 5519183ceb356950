"""Durations of functions and of whole processes, on one core or several."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

from offkey.work.memory import keep_freed_memory

__all__ = ["best_s", "held_to", "python"]


def best_s(
    functions: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 20,
    in_a_row: int = 1,
    most_s: float = 10.0,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Return the least duration of a call of each function in seconds.

    They are called in turns, so that their ratios hold on a machine that is now faster and now slower. Processor
    time of all threads counts, which other programs change little.

    Parameters
    ----------
    functions : mapping of str to callable
        What is measured, by name.
    rounds : int, default 20
        How many turns each has.
    in_a_row : int, default 1
        How often it is called in its turn; several times, something short finds in the caches what it needs.
    most_s : float, default 10
        After so many seconds no further round begins.
    clock : callable, default `time.process_time`
        What durations are taken by; `time.perf_counter` for those that a user waits.
    """
    best = dict.fromkeys(functions, math.inf)
    began = time.perf_counter()
    for _ in range(rounds):
        for name, function in (item for item in functions.items() for _ in range(in_a_row)):
            start = clock()
            function()
            best[name] = min(best[name], clock() - start)
        if time.perf_counter() - began > most_s:
            break
    return best


@contextmanager
def held_to(cores: int) -> Iterator[None]:
    """Let this thread, and whatever it starts or loads, use so many processors at most.

    Freed memory is kept, as offkey does where it hears clips: else whoever is called after something large pays less.
    """
    keep_freed_memory()
    can = hasattr(os, "sched_setaffinity")
    allowed = os.sched_getaffinity(0) if can else set()
    if can:
        os.sched_setaffinity(0, sorted(allowed)[-cores:])
    try:
        with threadpool_limits(cores):
            yield
    finally:
        if can:
            os.sched_setaffinity(0, allowed)


def python(arguments: Sequence[object]) -> str:
    """Run `python ARGUMENTS...` as a process of its own, and return what it printed."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
