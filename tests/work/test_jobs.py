from __future__ import annotations

import os

from offkey.work.jobs import default_jobs


def test_a_job_a_processor() -> None:
    assert 1 <= default_jobs() <= (os.cpu_count() or 1)
