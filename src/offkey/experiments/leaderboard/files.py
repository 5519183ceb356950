"""Leaderboards as files: CSV for programs, LaTeX for papers, Markdown and HTML for pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from offkey.errors import UsageError, check_installed
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.leaderboard.page import page
from offkey.experiments.leaderboard.sheet import Column, Sheet, sheet_of
from offkey.files import atomic_text

__all__ = ["check_table", "csv_text", "latex", "markdown", "write_leaderboards"]

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
}


def check_table(path: Path) -> None:
    """Check, before long work, that a file's ending names a form of leaderboards; a UsageError if not."""
    if path.suffix.lower() not in _FORMS:
        raise UsageError(f"The option --table must name a file that ends in {', '.join(_FORMS)}. Got {path} instead.")
    if path.suffix.lower() == ".html":
        check_installed("pictures", "A leaderboard that ends in .html", "jinja2")


def write_leaderboards(boards: Sequence[Leaderboard], path: Path) -> None:
    """Write leaderboards in the form that the ending of a file names, whole or not at all."""
    check_table(path)
    text = _FORMS[path.suffix.lower()](boards)
    with atomic_text(path) as file:
        file.write(text)


def csv_text(boards: Sequence[Leaderboard]) -> str:
    """Return one row per system, with all digits: names of columns are those of ``results.csv`` where it has them."""
    rows = []
    for board in boards:
        for found in board.to_json()["places"]:
            low, high = found.pop(f"{board.figure}_ci") or (None, None)
            groups = found.pop("groups")
            row = {"table": board.title, "ranked_by": board.figure, **found, "low": low, "high": high}
            flags = {name: None if found[name] is None else int(found[name]) for name in ("tied", "promise_kept")}
            rows.append(row | flags | {f"{board.kind}_{name}": value for name, value in groups.items()})
    columns = list(dict.fromkeys(column for row in rows for column in row))
    content = io.StringIO()
    writer = csv.DictWriter(content, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return content.getvalue()


def markdown(boards: Sequence[Leaderboard]) -> str:
    """Return a table of GitHub's Markdown for each leaderboard, the best figures in bold."""
    return "\n".join(_markdown(sheet_of(board)) for board in boards)


def latex(boards: Sequence[Leaderboard]) -> str:
    r"""Return a ``tabular`` of booktabs for each leaderboard, to be input into a float; the best figures in bold."""
    head = "% \\usepackage{booktabs} in the preamble, and \\usepackage[T1]{fontenc}; \\input this file into a table.\n"
    return head + "\n".join(_latex(sheet_of(board)) for board in boards)


def _markdown(sheet: Sheet) -> str:
    rows = [[column.head for column in sheet.columns], ["---:" if one.numeric else "---" for one in sheet.columns]]
    rows += _rows(sheet, lambda text: text.replace("|", r"\|").replace("*", r"\*"), "**{}**")
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    notes = " ".join(sheet.caption).replace("*", r"\*")
    return f"**{sheet.title}**\n\n{lines}\n{notes}\n"


def _latex(sheet: Sheet) -> str:
    heads = " & ".join(_escaped(column.head) for column in sheet.columns)
    rows = [" & ".join(row) for row in _rows(sheet, _escaped, r"\textbf{{{}}}")]
    lines = [
        f"% {sheet.title}",
        rf"\begin{{tabular}}{{{''.join('r' if column.numeric else 'l' for column in sheet.columns)}}}",
        r"\toprule",
        rf"{heads} \\",
        r"\midrule",
        *(rf"{row} \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        *(f"% {sentence}" for sentence in sheet.caption),
    ]
    return "\n".join(" ".join(line.splitlines()) for line in lines) + "\n"


def _rows(sheet: Sheet, escape: Callable[[str], str], bold: str) -> list[list[str]]:
    """Return the cells by row, escaped, the highest figure of each column in bold."""

    def cell(column: Column, number: int) -> str:
        text = escape(column.cells[number].strip())
        stands_out = bool(column.best) and column.best[number] and not all(column.best)
        return bold.format(text) if stands_out else text

    return [[cell(column, number) for column in sheet.columns] for number in range(len(sheet.leaders))]


def _escaped(text: str) -> str:
    """Escape what LaTeX takes for a command; the hyphen before a number becomes a minus."""
    return re.sub(r"(?<![\w.])-(?=\d)", "$-$", "".join(_LATEX.get(letter, letter) for letter in text))


_FORMS: dict[str, Callable[[Sequence[Leaderboard]], str]] = {
    ".csv": csv_text,
    ".tex": latex,
    ".md": markdown,
    ".html": page,
}
