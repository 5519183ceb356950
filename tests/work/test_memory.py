from __future__ import annotations

import numpy as np
import pytest

from offkey.work.memory import keep_freed_memory


def test_memory_is_kept_without_being_held() -> None:
    resource = pytest.importorskip("resource", reason="only Unix counts page faults")

    who = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)  # where it can be told, without other threads

    def faults() -> int:
        before = resource.getrusage(who).ru_minflt
        for _ in range(20):
            np.ones(1 << 18)  # 2 MB, some 500 pages
        return int(resource.getrusage(who).ru_minflt - before)

    keep_freed_memory()
    faults()
    assert faults() < 20 * 100
