from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from offkey.errors import OffkeyError
from offkey.threads import default_jobs, keep_freed_memory, one_blas_thread, processes


def test_one_thread_of_linear_algebra_inside_the_block() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    with one_blas_thread():
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


def test_a_job_a_processor() -> None:
    assert 1 <= default_jobs() <= (os.cpu_count() or 1)


def test_memory_is_kept_without_being_held() -> None:
    resource = pytest.importorskip("resource", reason="only Unix counts page faults")

    def faults() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(20):
            np.ones(1 << 18)  # 2 MB, some 500 pages
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

    keep_freed_memory()
    faults()
    assert faults() < 20 * 100


def test_processes_return_what_functions_return() -> None:
    with processes(2) as pool:
        assert pool.submit(len, [1, 2, 3]).result() == 3


def test_a_killed_process_is_said_in_one_sentence() -> None:
    with pytest.raises(OffkeyError, match="was killed, perhaps because memory ran out"), processes(1) as pool:
        pool.submit(os._exit, 1).result()


def ended(process: int) -> bool:
    """Tell whether a process is gone, or waits only for being counted."""
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells the state of processes in files")
def test_processes_end_with_a_program_that_is_killed() -> None:
    program = (
        "import os, sys, time\nfrom offkey.threads import processes\nwith processes(1) as pool:\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n    time.sleep(60)\n"
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
