from __future__ import annotations

from pathlib import Path

import pytest

from offkey.cli.leaderboards import _bar_text

QUICK = ("--detector", "knn", "--features-param", "keep=[0,1,2,3]")


@pytest.mark.parametrize("ending", ["csv", "tex", "md", "html"])
def test_the_leaderboard_is_written_for_papers_and_pages(run, tiny_edition, tmp_path: Path, ending: str) -> None:
    table = tmp_path / f"board.{ending}"
    root = tiny_edition(2020)
    ran = run("benchmark", root, "--dataset", "dcase2020", *QUICK, "--out", tmp_path / "run", "--table", table)
    assert ran.status == 0, ran.err
    assert "knn (logmel keep=[0, 1, 2, 3])" in table.read_text(encoding="utf-8")


def test_a_tuning_has_a_table_of_both_parts(run, tiny_edition, tmp_path: Path) -> None:
    asked = ("tune", tiny_edition(2020), "--dataset", "dcase2020", "--detector", "knn", "--param", "n_neighbors=1,2")
    ran = run(*asked, "--out", tmp_path / "out", "--table", tmp_path / "board.md")
    assert ran.status == 0, ran.err
    text = (tmp_path / "board.md").read_text(encoding="utf-8")
    assert "**Tuning part: " in text
    assert "**Reporting part, not used for the choice: " in text
    assert ran.out.index("Tuning part") < ran.out.index("Reporting part")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("board.xlsx", "--table must name a file that ends in .csv, .tex, .md, .html"),
        ("nowhere/board.csv", "make it first"),
    ],
)
def test_a_wrong_file_is_said_before_any_work(run, tiny_edition, tmp_path: Path, name: str, said: str) -> None:
    for command in ("benchmark", "study", "tune"):
        rest = ("--param", "n_neighbors=1") if command == "tune" else ()
        common = (command, tiny_edition(2020), "--dataset", "dcase2020", "--detector", "knn", *rest)
        ran = run(*common, "--out", tmp_path / "run", "--table", tmp_path / name)
        assert (ran.status, ran.out) == (2, "")
        assert said in ran.err
        assert not (tmp_path / "run").exists()


def test_an_interval_is_drawn_on_its_scale() -> None:
    assert _bar_text((0.75, (0.5, 1.0)), (0.0, 1.0)) == "········━━━━●━━━━"
    assert _bar_text((1.0, (1.0, 1.0)), (0.5, 1.0)) == "················●"
    assert _bar_text(None, (0.0, 1.0)) == ""
