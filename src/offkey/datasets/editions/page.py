"""The table of all editions for the documentation, made from their files.

``python -m offkey.datasets.editions.page docs/editions.md`` puts it in place of the one that stands there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from offkey.datasets.editions import edition_names, find_edition
from offkey.datasets.editions.edition import Edition
from offkey.datasets.editions.submission import KINDS

__all__ = ["table", "with_table"]

_HEAD = ("data set", "machines", "what is particular", "official score", "submission", "ground truth")
_TABLE = re.compile(rf"^\| {_HEAD[0]} \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)


def table() -> str:
    """Return the table as Markdown, one row per edition."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(find_edition(name)) for name in edition_names())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_table(text: str) -> str:
    """Return a page with the table of today in place of the one that it has."""
    return _TABLE.sub(lambda _: table(), text)


def _row(edition: Edition) -> tuple[str, ...]:
    dev, other = (", ".join(edition.machines_of(part)) for part in ("dev", "eval"))
    form = edition.submission
    name = form.write(KINDS[0], "<machine>", f"<{edition.section_word}>", "<source or target>")
    return (
        f"`{edition.name}`",
        dev if dev == other else f"{dev}; evaluation: {other}",
        edition.about,
        edition.score_meaning,
        f"`{name}`, {'and decisions alike' if form.decisions else 'no decisions'}",
        edition.ground_truth,
    )


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
