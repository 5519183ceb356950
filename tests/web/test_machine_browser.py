"""The page of the machine in a real browser: players, reasons that come later, a telephone, and axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from tests.web.browsing import Open, Served, serious, until

import offkey


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path, hum) -> Iterator[Served]:
    """Twenty-four normal clips that a model learnt, and eight dated new ones, five of them with a tone."""
    root = tmp_path_factory.mktemp("plant") / "recordings"
    shutil.copytree(normal_folder, root / "normal")
    (root / "new").mkdir()
    for day in range(8):
        sound = hum(500 + day, tone_hz=3000 if day > 2 else None)
        soundfile.write(root / "new" / f"2026-03-0{day + 1}.wav", sound, 16_000)
    offkey.fit(root / "normal", detector="knn").save(root.parent / "pump7.offkey")
    running = Served.opened(root, root.parent / "cache", "folder", root.parent / "pump7.offkey")
    yield running
    running.stop()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desk", "telephone"])
def test_the_page_of_the_machine_plays_explains_and_can_be_read(
    served: Served, open_page: Open, width: int, dark: bool
) -> None:
    page = open_page("/", width=width, dark=dark)
    assert page.inner_text("h1") == "5 of 8 new clips sound wrong; the other 3 sound normal."
    until(lambda: "3 kHz" in page.inner_text(".things p"))
    assert page.locator(".timeline .wide").is_visible() == (width > 640)
    assert page.locator(".timeline .narrow").is_visible() == (width <= 640)
    assert page.evaluate("[...document.querySelectorAll('.things audio')].map(player => player.readyState)") == [0] * 6
    page.evaluate("document.querySelector('.things audio').load()")
    page.evaluate("document.querySelector('.things audio').play()")
    until(lambda: page.evaluate("document.querySelector('.things audio').duration") == 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == {}
    page.click(".things a")
    page.wait_for_selector(".spectrogram")
