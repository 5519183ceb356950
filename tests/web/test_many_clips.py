"""Every page in a real browser, on a data set of ten thousand clips with attributes, one of them an hour long."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from benchmarks.explorer import made_up
from tests.conftest import Hum
from tests.web.browsing import Open, Served, serious, until

CLIPS = 10_000
HOUR = 1  # its row
RATE = 16_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Iterator[Served]:
    """Clips as if they had been measured, all of one sound, but for one of an hour whose last third has a tone."""
    root = tmp_path_factory.mktemp("many")
    explorer = made_up(root, CLIPS)
    soundfile.write(root / "sound.wav", hum(0, seconds=1, tone_hz=3000), RATE)
    for machine in {name.rpartition("/")[0] for name in explorer.library.table["name"]}:
        (root / machine).mkdir(parents=True)
    for name in explorer.library.table["name"]:
        os.link(root / "sound.wav", root / name)
    hour = root / explorer.library.table["name"][HOUR]
    hour.unlink()
    with soundfile.SoundFile(hour, "w", RATE, 1, subtype="PCM_U8") as file:
        for minute in range(60):
            file.write(np.tile(hum(minute, seconds=10, tone_hz=3000 if minute >= 40 else None), 6))
    running = Served(explorer)
    yield running
    running.stop()
    shutil.rmtree(root)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desk", "telephone"])
def test_every_page_is_walked(many: Served, open_page: Open, width: int, dark: bool) -> None:
    hour, other = many.explorer.library.ids[HOUR], many.explorer.library.ids[9]
    paths = [
        "/",
        "/clips",
        "/clips?machine=fan&machine=valve&label=anomaly&from.level_db=-31&sort=score&order=desc",
        f"/clips/{other}",
        f"/clips/{hour}",
        "/pairs",
        f"/pairs/{hour}/{other}",
        "/map?colour=score",
        "/map?machine=fan&colour=attributes",
        "/labels",
    ]
    page = open_page("/labels", address=many.address, width=width, dark=dark)
    for path in paths:
        page.goto(many.address + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if not dark:
            assert serious(page) == {}, path


def test_an_hour_is_zoomed_into_quickly(many: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{many.explorer.library.ids[HOUR]}", address=many.address)
    page.wait_for_load_state("networkidle")
    with page.expect_response(lambda answer: "/tile/mel/1/" in answer.url) as fine:
        for _ in range(8):
            page.keyboard.press("+")
    assert fine.value.ok


def test_ten_thousand_clips_are_labelled_at_once_and_that_is_undone(many: Served, open_page: Open) -> None:
    labels = many.explorer.labels
    page = open_page("/clips", address=many.address)
    page.click("#bulk summary")
    page.click("#bulk button[value=normal]")
    page.wait_for_selector("tr .normal[aria-pressed=true] >> nth=39")
    assert len(labels.all()) == CLIPS
    page.click("#toast button")
    until(lambda: labels.all() == {})
