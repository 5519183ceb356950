from __future__ import annotations

import os

import pytest

from benchmarks import timing


def test_the_best_of_several_turns_counts() -> None:
    now, calls = [0.0], []
    lasts = {"a": iter([5.0, 2.0, 3.0]), "b": iter([1.0, 7.0, 1.5])}

    def take(name: str) -> None:
        calls.append(name)
        now[0] += next(lasts[name])

    functions = {name: lambda name=name: take(name) for name in lasts}
    assert timing.best_s(functions, rounds=3, clock=lambda: now[0]) == {"a": 2.0, "b": 1.0}
    assert calls == ["a", "b"] * 3


def test_no_round_begins_after_the_time_is_up() -> None:
    calls: list[int] = []
    timing.best_s({"a": lambda: calls.append(1)}, rounds=9, most_s=0)
    assert len(calls) == 1


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system cannot hold a program to a processor")
def test_a_program_held_to_one_core_is_let_go_again() -> None:
    before = os.sched_getaffinity(0)
    with timing.held_to(1):
        assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) == before
