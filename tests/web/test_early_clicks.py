"""Buttons that are clicked before the scripts of a page have come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.browsing import Open, Served


@pytest.fixture(scope="module")
def served(plain_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served.opened(plain_set, tmp_path_factory.mktemp("cache"))
    yield running
    running.stop()


@pytest.fixture
def without_script(open_page: Open) -> tuple[Any, list[Any]]:
    """The first page in light, while the script of what every page has does not come; and the request for it."""
    page = open_page("/")
    held: list[Any] = []
    page.route("**/app.js", lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.locator("#theme").wait_for()
    return page, held


@pytest.mark.parametrize("clicks", [1, 2])
def test_a_button_is_clicked_once_when_its_script_has_come(without_script: tuple[Any, list[Any]], clicks: int) -> None:
    page, held = without_script
    for _ in range(clicks):
        page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    held[0].continue_()
    page.wait_for_selector("html[data-theme=dark]")
    page.click("#theme")
    page.wait_for_selector("html[data-theme=light]")


def test_a_link_waits_for_no_script(without_script: tuple[Any, list[Any]]) -> None:
    page, _ = without_script
    page.click(".top nav a:has-text('Clips')")
    page.wait_for_url("**/clips", wait_until="commit")
