from __future__ import annotations

import sys

import pytest

from benchmarks import explorer


def test_every_page_is_timed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["explorer", "--clips", "90", "--repeats", "1"])
    explorer.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("90 clips")
    assert [line.split("|")[1].strip() for line in lines if line.count("|") == 5][2:] == list(explorer.PAGES)
