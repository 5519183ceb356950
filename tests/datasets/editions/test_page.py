from __future__ import annotations

from pathlib import Path

from offkey.datasets.editions.page import table, with_table

PAGE = Path(__file__).parents[3] / "docs" / "editions.md"


def test_the_page_says_what_the_files_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert table() in text, "run: python -m offkey.datasets.editions.page docs/editions.md"
    assert with_table(text.replace("| `dcase2020` |", "| changed |")) == text
