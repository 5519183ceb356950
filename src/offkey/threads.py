"""How a program uses its machine: threads and processes, one thread of linear algebra in each, memory that is kept."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from offkey.errors import OffkeyError

__all__ = ["default_jobs", "end_with_parent", "keep_freed_memory", "one_blas_thread", "processes"]

_LARGEST = 31 << 20  # bytes; glibc takes no notice of larger blocks


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


def keep_freed_memory() -> None:
    """Let the C library keep up to 64 MB of what is freed, instead of returning it to the system and asking again.

    A clip needs some megabytes for a moment, and the system clears each page that it gives: without this, that
    was a third of the time in which a clip is read and transformed. The threshold of glibc adapts to the largest
    block that was freed (``mallopt(3)``, M_MMAP_THRESHOLD), so one is freed, which was never touched and costs nothing.
    """
    import numpy as np

    np.empty(_LARGEST, np.uint8)


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Give a pool of processes that runs functions of importable modules, and ends with the block.

    Where compiled steps are as short as those of hearing a clip, threads gain little: they wait for the
    interpreter's lock more than they work. The pool is loky's, which comes with scikit-learn, and which also
    starts in programs that do not guard their main module.

    Parameters
    ----------
    workers : int
        Number of processes.

    Raises
    ------
    OffkeyError
        If a process was killed.
    """
    from joblib.externals.loky import ProcessPoolExecutor
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    try:
        with ProcessPoolExecutor(workers, initializer=end_with_parent, initargs=(os.getpid(),)) as pool:
            yield pool
    except TerminatedWorkerError as error:
        raise OffkeyError(
            "A process that worked on clips was killed, perhaps because memory ran out; try again with fewer at a "
            "time: --jobs 1, or jobs=1."
        ) from error


def end_with_parent(parent: int) -> None:
    """Let this process end when the program that started it is killed, which tells nobody.

    Parameters
    ----------
    parent : int
        Process id of that program.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
