from __future__ import annotations

import os
import subprocess
import sys

LATE = """
from offkey.experiments.runner import _in_threads

def work(_):
    import sklearn.mixture
    import threadpoolctl
    print({pool["num_threads"] for pool in threadpoolctl.threadpool_info()})

_in_threads(2, work, [0], lambda _: None)
"""


def test_libraries_that_a_fit_loads_are_held_to_one_thread() -> None:
    """Else the last digits of a fit would depend on whether it is the first in its process."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    ran = subprocess.run([sys.executable, "-c", LATE], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "{1}\n"
