from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.evaluation.promise import Promise
from offkey.experiments.leaderboard.board import Leaderboard, leaderboard
from offkey.experiments.leaderboard.files import csv_text, latex, markdown, write_leaderboards
from offkey.experiments.leaderboard.measures import Measures
from offkey.experiments.leaderboard.page import page
from offkey.experiments.leaderboard.sheet import sheet_of
from offkey.experiments.paired import measure_paired

AWKWARD = r"a_b % c & d $x$ #1 {e} ~f ^g \h <i> | j*"


@pytest.fixture
def board(make_system) -> Leaderboard:
    systems = [make_system("good", 2.0, title=AWKWARD), make_system("same", 2.0), make_system("poor", 0.2)]
    measures = {
        "good": Measures(Promise(0.01, 1, 100), {"0.01": 0.25, "0.05": 0.5}, 1.25, 0.5),
        "poor": Measures(Promise(0.01, 30, 100), {"0.01": 0.1, "0.05": None}, 12.5, 5.0),
    }
    paired = measure_paired(systems, "dev", None, n_resamples=50)
    return leaderboard("a_set: 240 clips", systems, paired, measures=measures, reference=2)


def test_the_sheet_says_ties_broken_promises_and_clear_differences(board: Leaderboard) -> None:
    sheet = sheet_of(board)
    cells = {column.head: list(column.cells) for column in sheet.columns}
    assert cells["rank"] == ["=1", "=1", "3"]
    assert cells["false alarms (promised 0.01)"] == ["0.010 ", "-", "0.300!"]
    assert cells["recall at 0.05"] == ["0.500", "-", "-"]
    assert [cell[-1:] for cell in cells["AUC over poor"]] == ["*", "*", ""]
    assert [column.head for column in sheet.columns[4:6]] == ["fan", "pump"]
    assert sheet.leaders == [True, True, False]
    assert len(sheet.caption) == 6
    low, high = sheet.ends
    assert all(low <= bar[1][0] <= bar[1][1] <= high for bar in sheet.bars if bar is not None)


def test_csv_has_all_digits_and_no_mark(board: Leaderboard) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text([board]))))
    assert [row["combination"] for row in rows] == ["good", "same", "poor"]
    assert rows[0]["detector"] == AWKWARD
    assert float(rows[0]["auc"]) == board.places[0].figures["auc"]
    assert float(rows[0]["machine_pump"]) == board.places[0].groups["pump"]
    assert (rows[0]["promise_kept"], rows[2]["promise_kept"], rows[1]["promise_kept"]) == ("1", "0", "")
    assert (rows[0]["rank"], rows[0]["tied"], rows[2]["tied"]) == ("1", "1", "0")


def test_markdown_has_a_cell_for_each_head(board: Leaderboard) -> None:
    lines = [line for line in markdown([board]).splitlines() if line.startswith("|")]
    counts = {line.replace(r"\|", "").count("|") for line in lines}
    assert len(lines) == 2 + 3
    assert len(counts) == 1
    assert r"<i> \| j\*" in lines[2]


def test_latex_escapes_names_and_has_a_cell_for_each_column(board: Leaderboard) -> None:
    text = latex([board])
    body = text[text.index(r"\midrule") : text.index(r"\bottomrule")]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    columns = text[text.index(r"\begin{tabular}{") :].split("{")[2].split("}")[0]
    assert len(rows) == 3
    assert all(row.replace(r"\&", "").count("&") == len(columns) - 1 for row in rows)
    assert r"a\_b \% c \& d \$x\$ \#1 \{e\} \textasciitilde{}f \textasciicircum{}g \textbackslash{}h" in text
    for line in text.splitlines():
        assert line.startswith("%") or "%" not in line.replace(r"\%", "")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_latex_compiles(board: Leaderboard, tmp_path: Path) -> None:
    write_leaderboards([board, board], tmp_path / "board.tex")
    preamble = r"\documentclass{article}\usepackage{booktabs}\begin{document}"
    (tmp_path / "paper.tex").write_text(preamble + r"\begin{table}\input{board.tex}\end{table}\end{document}")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_a_page_marks_the_best_and_escapes_names(board: Leaderboard) -> None:
    text = page([board])
    assert "&lt;i&gt; | j*" in text
    assert "<i>" not in text
    assert text.count('class="leader"') == 2
    assert text.count("<svg") == 3
    assert 'role="region" tabindex="0" aria-label="Leaderboard: a_set: 240 clips"' in text
    assert "http" not in text


def test_a_file_has_the_form_of_its_ending(board: Leaderboard, tmp_path: Path) -> None:
    for ending, begins in ((".csv", "table,"), (".TEX", "% "), (".md", "**a_set"), (".html", "<!doctype html>")):
        write_leaderboards([board], tmp_path / f"board{ending}")
        assert (tmp_path / f"board{ending}").read_text(encoding="utf-8").startswith(begins)
    with pytest.raises(UsageError, match=r"must name a file that ends in .csv, .tex, .md, .html. Got .*board.xls"):
        write_leaderboards([board], tmp_path / "board.xls")
