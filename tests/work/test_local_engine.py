from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from offkey.work import local_engine
from offkey.work.local_engine import LocalEngine


class _Breaking(local_engine._Pool):
    """A pool that finds out between two items that a worker died, once."""

    submitted = 0

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        type(self).submitted += 1
        if self.submitted == 2:
            raise BrokenProcessPool("A child process terminated abruptly.")
        return super().submit(*args, **kwargs)


def test_a_worker_that_dies_between_two_items_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_engine, "_Pool", _Breaking)
    reports: list[tuple[str, str | None]] = []
    LocalEngine(2).run(str.upper, ["a", "b", "c"], lambda item, reason: reports.append((item, reason)))
    assert sorted(reports) == [("a", None), ("b", None), ("c", None)]
    assert _Breaking.submitted == 4
