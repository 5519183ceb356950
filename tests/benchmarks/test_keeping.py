from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.keeping import growth, written_mb


def test_what_is_written_grows_with_the_shadow_and_the_size_with_the_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if not Path("/proc/self/io").exists():
        pytest.skip("this system has no /proc/self/io")
    armed, shadow = (written_mb(3, 1, in_shadow=in_shadow, minutes=60) for in_shadow in (False, True))
    if armed == 0:
        pytest.skip("what is written to the folder of temporary files is not counted by this system")
    assert 0 < armed < shadow
    (first, second), longest = growth((1, 3))
    assert 0.05 < first < second
    assert 0 < longest < 5
