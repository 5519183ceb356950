"""The page of the HTTP API."""

from __future__ import annotations

from pathlib import Path

from offkey.web.api.page import page

PAGE = Path(__file__).parents[3] / "docs" / "http_api.md"


def test_the_page_is_made_from_the_description() -> None:
    assert PAGE.read_text() == page(), "run: python -m offkey.web.api.page > docs/http_api.md"
