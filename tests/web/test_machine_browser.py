"""The page of the machine in a real browser: players, reasons that come later, a telephone, and axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.browsing import Open, Served, serious, until


@pytest.fixture(scope="module")
def served(plant: Path) -> Iterator[Served]:
    running = Served.opened(plant, plant.parent / "cache", "folder", plant.parent / "pump7.offkey")
    yield running
    running.stop()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desk", "telephone"])
def test_the_page_of_the_machine_plays_explains_and_can_be_read(
    served: Served, open_page: Open, width: int, dark: bool
) -> None:
    page = open_page("/", width=width, dark=dark)
    assert page.inner_text("h1") == "5 of 8 new clips sound wrong; the other 3 sound normal."
    until(lambda: "3 kHz" in page.inner_text(".clip-cards p"))
    assert page.locator(".timeline .wide").is_visible() == (width > 640)
    assert page.locator(".timeline .narrow").is_visible() == (width <= 640)
    assert (
        page.evaluate("[...document.querySelectorAll('.clip-cards audio')].map(player => player.readyState)") == [0] * 6
    )
    page.evaluate("document.querySelector('.clip-cards audio').load()")
    page.evaluate("document.querySelector('.clip-cards audio').play()")
    until(lambda: page.evaluate("document.querySelector('.clip-cards audio').duration") == 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == {}
    page.click(".clip-cards a")
    page.wait_for_selector(".spectrogram")
