from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from offkey.errors import OffkeyError
from offkey.work import process_pool
from offkey.work.process_pool import Processes


class _Breaking:
    """Processes of which one is found dead between two items, once."""

    submitted = 0

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __enter__(self) -> _Breaking:
        self._pool.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.__exit__(*error)

    def submit(self, *args: Any) -> Any:
        type(self).submitted += 1
        if self.submitted == 2:
            raise BrokenProcessPool("A child process terminated abruptly.")
        return self._pool.submit(*args)


def test_a_worker_that_dies_between_two_items_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    start = process_pool._start
    monkeypatch.setattr(process_pool, "_start", lambda jobs: _Breaking(start(jobs)))
    done: list[str] = []
    Processes(2).run(str.upper, ["a", "b", "c"], done.append)  # type: ignore[arg-type]
    assert sorted(done) == ["a", "b", "c"]
    assert _Breaking.submitted == 4


def test_a_worker_that_always_dies_takes_no_other_item_with_it() -> None:
    done: list[int] = []
    with pytest.raises(OffkeyError, match=r"1 of 5 .* the first is 9: its worker died 3 times, the last time alone"):
        Processes(2).run(_die_of_nine, [1, 2, 9, 4, 5], done.append)
    assert sorted(done) == [1, 2, 4, 5]


def _die_of_nine(number: int) -> None:
    if number == 9:
        os._exit(9)


def test_items_may_be_taken_some_at_a_time() -> None:
    assert list(Processes(2, at_a_time=3).map(str, range(20))) == [str(number) for number in range(20)]


def test_what_cannot_travel_is_given_up() -> None:
    with pytest.raises(OffkeyError, match=r"1 of 1 pieces .*: PicklingError: "):
        Processes(1).run(str, [(item for item in "ab")], lambda _item: None)  # type: ignore[arg-type]


def test_a_killed_process_is_said_in_one_sentence() -> None:
    with pytest.raises(OffkeyError, match="was killed, perhaps because memory ran out"):
        list(Processes(1).map(os._exit, [1]))


def test_a_program_that_guards_no_main_module_begins_once(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from offkey.work.process_pool import Processes\n"
        "def double(number): return 2 * number\n"
        "print('begins', *Processes(2).map(double, range(3)))\n"
    )
    ran = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert ran.stdout == "begins 0 2 4\n"


def ended(process: int) -> bool:
    """Tell whether a process is gone, or waits only for being counted."""
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state.rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells the state of processes in files")
def test_processes_end_with_a_program_that_is_killed() -> None:
    program = (
        "import os, time\nfrom offkey.work.process_pool import Processes\n"
        "for process in Processes(1).map(lambda _: os.getpid(), range(9)):\n"
        "    print(process, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert not ended(worker)
        parent.kill()
    until = time.monotonic() + 60
    while not ended(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert ended(worker)
