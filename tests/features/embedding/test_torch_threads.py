from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from offkey.features.embedding.torch_threads import one_torch_thread

torch = pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_one_thread_inside_the_block() -> None:
    with one_torch_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3


def test_blocks_that_overlap_leave_what_was_there_before_the_first() -> None:
    began, end = threading.Event(), threading.Event()

    def first() -> int:
        with one_torch_thread():
            began.set()
            end.wait(60)
        return int(torch.get_num_threads())

    def second() -> int:
        began.wait(60)
        with one_torch_thread():
            end.set()
            done[0].result()
            assert torch.get_num_threads() == 1
        return int(torch.get_num_threads())

    done = []
    with ThreadPoolExecutor(2) as pool:
        done.append(pool.submit(first))
        assert pool.submit(second).result() == 3
        assert done[0].result() == 3
    with ThreadPoolExecutor(1) as pool:  # a thread that has not called torch yet
        assert pool.submit(torch.get_num_threads).result() == 3


def test_an_error_gives_the_threads_back() -> None:
    with pytest.raises(ZeroDivisionError), one_torch_thread():
        1 / 0  # noqa: B018
    assert torch.get_num_threads() == 3
