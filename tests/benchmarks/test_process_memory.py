from __future__ import annotations

import subprocess
import sys

import pytest
from benchmarks.process_memory import python_and_peak_mb

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux tells it")

HOLD = "import time; x = b'1' * 100_000_000; time.sleep(0.2)"


def test_peak_memory_is_that_of_the_program_alone() -> None:
    mine = b"1" * 300_000_000
    told, peak_mb = python_and_peak_mb(["-c", HOLD + "; print(len(x))"])
    assert told == "100000000\n"
    assert 95 < peak_mb < 200 < len(mine) / 1e6


def test_processes_that_it_starts_count() -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}]); {HOLD}"
    _, peak_mb = python_and_peak_mb(["-c", code])
    assert 190 < peak_mb < 300


def test_a_program_that_fails_is_not_measured() -> None:
    with pytest.raises(subprocess.CalledProcessError) as error:
        python_and_peak_mb(["-c", "raise SystemExit('no')"])
    assert error.value.stderr == "no\n"
