from __future__ import annotations

from pathlib import Path

import pytest

from offkey import features
from offkey.detectors import find, names
from offkey.detectors.page import page

PAGE = Path(__file__).parents[2] / "docs" / "detectors.md"


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python -m offkey.detectors.page > docs/detectors.md"


@pytest.mark.parametrize("cls", [*map(find, names()), *map(features.find, features.names())], ids=lambda cls: cls.name)
def test_every_component_and_parameter_is_on_the_page(cls) -> None:  # type: ignore[no-untyped-def]
    text = page()
    assert cls.assumes
    assert cls.cost
    assert f"| [`{cls.name}`](#{cls.name}) | {cls.assumes} | {cls.cost} |" in text
    section = text.split(f"## {cls.name}\n")[1].split("\n## ")[0]
    for parameter, default in cls.defaults().items():
        row = next(line for line in section.splitlines() if line.startswith(f"| `{parameter}` |"))
        assert f"`{default!r}`" in row
        assert all(cell.strip() for cell in row.strip("|").split(" | "))
