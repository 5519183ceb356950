"""The benchmark of browsers runs, and says how late windows and pages were."""

from __future__ import annotations

import shutil

import pytest

from benchmarks import browsers, watching_live


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_windows_and_pages_are_measured_while_browsers_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watching_live, "TRAIN_S", 60)
    monkeypatch.setattr(watching_live, "WINDOW_S", 2.0)
    monkeypatch.setattr(browsers, "IDLE_S", 0.1)
    browsers.main(["--machines", "4", "--browsers", "5", "--seconds", "7", "--events", "10"])
    said = capsys.readouterr().out
    rows = {line.split(" | ")[0].strip("| "): line for line in said.splitlines() if line.startswith("| ")}
    assert {"windows", "/"} <= set(rows)
    assert int(rows["windows"].split(" | ")[1]) > 10
    assert "states and" in said
