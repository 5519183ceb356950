"""What holds of every executor."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from offkey.errors import OffkeyError, ParameterError
from offkey.work.executor import Executor, create_executor
from offkey.work.here import Here
from offkey.work.process_pool import Processes
from offkey.work.thread_pool import Threads


@pytest.fixture(params=["here", "threads", "local", "ray"])
def executor(request: pytest.FixtureRequest) -> Executor:
    if request.param == "ray":
        request.getfixturevalue("ray_address")
    made: dict[str, Callable[[], Executor]] = {"here": Here, "threads": lambda: Threads(2)}
    return made.get(request.param, lambda: create_executor(request.param, jobs=2))()


@pytest.fixture(params=["local", "ray"])
def elsewhere(request: pytest.FixtureRequest) -> Executor:
    """An executor that works in other processes."""
    if request.param == "ray":
        request.getfixturevalue("ray_address")
    return create_executor(request.param, jobs=2)


def late_square(number: int) -> int:
    time.sleep(0.01 * (number % 3))
    return number * number


def inverse(number: int) -> float:
    return 1 / number


def blas_threads(_: object) -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    expected = [number * number for number in range(20)]
    assert list(executor.map(late_square, range(20))) == expected
    assert list(executor.map(late_square, [])) == []


def test_items_are_asked_for_as_results_are(executor: Executor) -> None:
    asked: list[int] = []
    endless = (asked.append(number) or number for number in range(1000))
    results = executor.map(late_square, endless)
    assert [next(results), next(results)] == [0, 1]
    results.close()
    assert len(asked) <= 10


def test_an_error_is_raised_in_its_place(executor: Executor) -> None:
    results = executor.map(inverse, [1, 2, 0, 4])
    assert [next(results), next(results)] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(results) == []


def test_linear_algebra_has_one_thread_where_work_is_done(executor: Executor) -> None:
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads(None)
        assert set().union(*executor.map(blas_threads, range(3))) <= {1}
        assert blas_threads(None) == before


def test_all_is_done_and_told(executor: Executor, tmp_path: Path) -> None:
    paths, told = [tmp_path / str(number) for number in range(7)], list[Path]()
    executor.run(Path.touch, paths, told.append)
    assert sorted(told) == paths == sorted(tmp_path.iterdir())
    executor.run(Path.touch, [], told.append)


def test_the_rest_is_done_before_it_is_said_what_was_given_up(elsewhere: Executor, tmp_path: Path) -> None:
    paths, told = [tmp_path / name for name in ("a", "missing/b", "missing/c", "d")], list[Path]()
    with pytest.raises(OffkeyError, match=r"^2 of 4 pieces of work .*; the first is \S*/missing/b: FileNotFoundError:"):
        elsewhere.run(Path.touch, paths, told.append)
    assert sorted(told) == [tmp_path / "a", tmp_path / "d"]


@pytest.mark.parametrize("executor", [Here(), Threads(2)])
def test_in_this_process_an_error_is_raised_as_it_is(executor: Executor, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        executor.run(Path.touch, [tmp_path / "a", tmp_path / "missing" / "b"], lambda _path: None)


def test_an_executor_by_its_name() -> None:
    assert isinstance(create_executor("local"), Processes)
    with pytest.raises(ParameterError, match="There is no engine 'threads': expected one of local, ray"):
        create_executor("threads")
    with pytest.raises(ParameterError, match="An address is for the engine 'ray' alone"):
        create_executor("local", address="auto")
    for wrong in (0, 1.5, True):
        with pytest.raises(ParameterError, match="'jobs' must be an int in the range"):
            create_executor("local", jobs=wrong)  # type: ignore[arg-type]
