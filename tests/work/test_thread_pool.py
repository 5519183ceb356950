from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from offkey.work.thread_pool import Threads

LATE = """
from offkey.work.thread_pool import Threads

def work(_):
    import sklearn.mixture
    import threadpoolctl
    print({pool["num_threads"] for pool in threadpoolctl.threadpool_info()})

Threads(2).run(work, [0], lambda _: None)
"""


def test_libraries_that_a_fit_loads_are_held_to_one_thread() -> None:
    """Else the last digits of a fit would depend on whether it is the first in its process."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    ran = subprocess.run([sys.executable, "-c", LATE], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "{1}\n"


def test_reading_leaves_linear_algebra_to_who_asks() -> None:
    def threads(_: int) -> set[int]:
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        assert set().union(*Threads(2).read(threads, range(4))) == {2}


def test_what_was_not_begun_is_cancelled_once_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    go_on = threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            go_on.set()  # all that can be cancelled has been
            super().shutdown(wait, cancel_futures=cancel_futures)

    def work(number: int) -> int:
        begun.append(number)
        if number:
            go_on.wait(60)
        return number

    monkeypatch.setattr("offkey.work.thread_pool.ThreadPoolExecutor", Pool)
    results = Threads(1, ahead=8).map(work, range(100))
    assert next(results) == 0
    results.close()
    assert begun in ([0], [0, 1])


def test_an_error_of_one_item_cancels_the_others() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 1:
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        Threads(1).run(work, range(1000), done.append)
    assert len(done) < 1000
