"""The number of jobs at a time."""

from __future__ import annotations

import operator
import os

from offkey.errors import ParameterError

__all__ = ["checked_jobs", "default_jobs"]


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def checked_jobs(jobs: int | None) -> int:
    """Return how many things are done at a time: what is asked for, or one per processor."""
    if jobs is None:
        return default_jobs()
    try:
        count = 0 if isinstance(jobs, bool) else operator.index(jobs)
    except TypeError:
        count = 0
    if count < 1:
        raise ParameterError(
            f"The parameter 'jobs' must be an int in the range [1, inf), or None for one per processor. Got {jobs!r} "
            "instead."
        )
    return count
