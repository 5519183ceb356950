from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import threadpoolctl
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from offkey.work.library_threads import one_blas_thread, one_thread


def numbers(api: str = "blas") -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == api}


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Linear algebra that has two threads, whatever the machine."""
    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(2, user_api="blas"):
        yield


@pytest.mark.usefixtures("two_threads")
def test_one_thread_of_linear_algebra_inside_the_block() -> None:
    with one_blas_thread():
        assert numbers() == {1}
        with one_blas_thread():
            assert numbers() == {1}
        assert numbers() == {1}
    assert numbers() == {2}


@pytest.mark.usefixtures("two_threads")
def test_an_error_gives_the_threads_back() -> None:
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018
    assert numbers() == {2}


@pytest.mark.usefixtures("two_threads")
def test_the_last_of_several_gives_the_threads_back() -> None:
    """The blocks begin and end in no order of nesting, which restores a number that another block had set."""
    began, end = [threading.Event() for _ in range(4)], [threading.Event() for _ in range(4)]

    def hold(number: int) -> None:
        with one_blas_thread():
            began[number].set()
            end[number].wait(60)

    with ThreadPoolExecutor(4) as pool:
        holding = [pool.submit(hold, number) for number in range(4) if number == 0 or began[number - 1].wait(60)]
        for number in range(4):
            began[3].wait(60)
            assert numbers() == {1}
            end[number].set()
            holding[number].result()
    assert numbers() == {2}


@pytest.mark.usefixtures("two_threads")
def test_many_threads_at_once_give_the_threads_back() -> None:
    def work(_: int) -> set[int]:
        with one_thread():
            return numbers()

    with ThreadPoolExecutor(8) as pool:
        assert all(found == {1} for found in pool.map(work, range(200)))
    assert numbers() == {2}


@pytest.mark.usefixtures("two_threads")
def test_libraries_are_looked_for_only_after_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    class Watched(ThreadpoolController):
        def __init__(self) -> None:
            super().__init__()
            looked.append(self)

    def enter() -> None:
        with one_blas_thread(), one_thread():
            pass

    enter()
    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", Watched)
    for _ in range(20):
        enter()
    assert not looked
    monkeypatch.setitem(sys.modules, "a_library_with_threads", threading)
    for _ in range(20):
        enter()
    assert len(looked) == 1


def test_a_library_that_is_loaded_inside_the_block_is_held_and_given_back() -> None:
    program = (
        "import numpy\nfrom threadpoolctl import threadpool_info as info\n"
        "from offkey.work.library_threads import one_blas_thread\n"
        "def numbers(): return sorted(pool['num_threads'] for pool in info() if pool['user_api'] == 'blas')\n"
        "with one_blas_thread():\n    import scipy.linalg\n    with one_blas_thread():\n        print(*numbers())\n"
        "print(*numbers())\n"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    inside, after = (set(line.split()) for line in done.stdout.splitlines())
    assert inside == {"1"}
    assert after == {"2"}
