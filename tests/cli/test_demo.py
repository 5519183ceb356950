from __future__ import annotations

from pathlib import Path


def test_the_demo_prints_a_row_a_machine(run, tmp_path: Path) -> None:
    ran = run("demo", "--out", tmp_path / "a", "--train", 8, "--test", 2, "--seed", 3)
    assert ran.status == 0
    assert [line.split()[0] for line in ran.out.splitlines()] == ["machine", "fan", "pump", "slider", "valve"]
    assert "demo.png" in ran.err
    again = run("demo", "--out", tmp_path / "a")
    assert (again.status, "is not an empty folder" in again.err) == (2, True)


def test_the_demo_in_json(run, tmp_path: Path) -> None:
    report = run("demo", "--out", tmp_path / "b", "--train", 8, "--test", 2, "--json").json
    assert [row["machine"] for row in report["machines"]] == ["fan", "pump", "slider", "valve"]
    assert all(0 <= row["auc"] <= 1 for row in report["machines"])
