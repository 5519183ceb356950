"""Threads: many small matrix products side by side, not each of them spread over all processors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["default_jobs", "one_blas_thread"]


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold linear algebra to one thread while the block runs.

    On the small matrices of detectors its threads mostly wait for each other; where another program
    uses a processor too, a fit took thirty times as long with two of them as with one.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
