from __future__ import annotations

import shutil

import pytest

from benchmarks import watching_live


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_machines_are_heard_in_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching_live, "TRAIN_S", 60)
    monkeypatch.setattr(watching_live, "WINDOW_S", 2.0)
    found = watching_live.live(machines=2, seconds=3)
    assert found.expected >= 6
    assert 3 <= len(found.late_s) <= found.expected + 4
    assert min(found.late_s) > 0
    assert found.monitor > 0
    assert found.children >= 0
