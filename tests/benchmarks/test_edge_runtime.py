from __future__ import annotations

import sys

import pytest

from benchmarks import edge_runtime

pytest.importorskip("onnx", reason="the extra onnx is not installed")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read by Linux's own means")
def test_every_row_and_goal_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    edge_runtime.main(["--train", "6", "--detector", "knn", "--rounds", "1", "--days", "0.01"])
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    assert {"offkey-runtime", edge_runtime.NUMPY, edge_runtime.OWN, "the runtime, numpy", "a tiny graph"} <= set(rows)
    goals = [line for line in lines if line.startswith("- ")]
    assert len(goals) == 4
    assert all(line.endswith((": met", ": MISSED")) for line in goals)
    assert next(line for line in goals if "growth" in line).endswith(": met")
