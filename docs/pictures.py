"""Takes the pictures of README.md and of the documentation that show pages: ``make pictures``; needs chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from offkey.cli.main import main
from offkey.synthetic import Counts, Plant, write_dataset

IMAGES = Path(__file__).parent / "images"
_COMMANDS = (
    "fit recordings/normal --model slider.offkey --keep-references 8",
    "score slider.offkey recordings/new --out scores.csv",
    "report scores.csv --model slider.offkey --out report.html",
)
_SQUEAL, _NORMAL = "2026-03-19_0600.wav", "2026-03-02_0600.wav"


def make_pictures(folder: Path) -> None:
    """Fit and score a synthetic slide rail in an empty folder, and draw its report and explorer into `IMAGES`."""
    os.chdir(folder)
    _make_recordings(Path("recordings"))
    for command in _COMMANDS:
        if status := main(command.split()):
            sys.exit(status)
    explore = ["explore", "recordings", "--model", "slider.offkey", "--port", "0", "--cache", "cache"]
    with _browser() as page, _program(explore) as address:
        page.goto((folder / "report.html").as_uri())
        _take(page, "verdict.png")
        page.goto(address)
        page.wait_for_selector("text=All clips are measured", timeout=120_000)
        ids = [_id_of(page, address, name) for name in (_SQUEAL, _NORMAL)]
        for name, place in (("clip", f"clips/{ids[0]}"), ("pair", f"pairs/{ids[0]}/{ids[1]}")):
            page.goto(address + place, wait_until="networkidle")
            page.wait_for_timeout(3000)  # until all tiles are drawn
            _take(page, f"explore-{name}.png")


def make_plant_pictures(folder: Path) -> None:
    """Draw the pages of the demo of `offkey watch`, while a fault goes on, into `IMAGES`."""
    os.chdir(folder)
    with _browser() as page, _program(["watch", "--demo", "--port", "0"]) as address:
        page.goto(address)
        page.wait_for_selector(".machine-card.level-normal ~ .machine-card.level-normal", timeout=120_000)
        page.wait_for_selector(".level-alarm, .level-warning", timeout=120_000)
        page.goto(address + page.get_attribute(".machine-card .hint a", "href")[1:])
        while not page.locator("figure audio").count():  # until its sound is kept
            page.wait_for_timeout(2000)
            page.reload()
        page.wait_for_timeout(2000)
        _take(page, "plant-event.png")
        page.click(".name a")
        page.wait_for_timeout(30_000)  # until the spectrogram is full
        _take(page, "plant-machine.png")
        for name, path in (("plant", ""), ("plant-wall", "wall")):
            page.goto(address + path)
            page.wait_for_timeout(2000)
            _take(page, f"{name}.png")


def _make_recordings(folder: Path) -> None:
    """Write normal clips, and one new clip a day, of which the last five have faults."""
    counts = Counts(train=60, test_normal=16, test_anomaly=5)
    write_dataset("plant", Plant(seed=0), of=["slider"], counts=counts)
    folder.mkdir()
    Path("plant/slider/train").rename(folder / "normal")
    (folder / "new").mkdir()
    clips = sorted(Path("plant/slider/test").glob("*.wav"), key=lambda path: (path.name < "normal", path.name))
    for day, clip in enumerate(clips, start=1):
        clip.rename(folder / "new" / f"2026-03-{day:02}_0600.wav")


def _take(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / name)
    with Image.open(IMAGES / name) as picture:
        small = picture.convert("RGB").quantize(256)
    small.save(IMAGES / name, optimize=True)


def _id_of(page: Page, address: str, name: str) -> str:
    page.goto(f"{address}clips?q={name}")
    link = page.get_attribute(f".clips a:has-text('{name}')", "href")
    return str(link).rpartition("/")[2].partition("?")[0]


@contextmanager
def _browser() -> Iterator[Page]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 900})
        finally:
            browser.close()


@contextmanager
def _program(arguments: list[str]) -> Iterator[str]:
    """Run offkey, and yield the address of its pages."""
    command = [sys.executable, "-m", "offkey", *arguments]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        found = next(filter(None, (re.search(r"http://[^/\s]+/", line) for line in program.stdout or ())))
        yield found[0]
    finally:
        program.terminate()
        program.wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        make_pictures(Path(place))
    with tempfile.TemporaryDirectory() as place:
        make_plant_pictures(Path(place))
