"""The explorer in a real browser, on real slide-rail clips, machines rebuilt from MIMII, and a made-up set."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.web.browsing import HIDING, Open, Served, serious, until

from offkey.web.explore.labels import DECIDED
from offkey.web.explore.notes import NOTES

ANOMALY = "slider/test/anomaly_id_00_00000000.wav"
NORMAL = "slider/test/normal_id_00_00000013.wav"


@pytest.fixture(scope="module")
def recordings(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few real clips of a slide rail and rebuilt ones of a fan."""
    root = tmp_path_factory.mktemp("browser") / "set"
    script = shared_data / "rebuild_mimii.py"
    options = ["--machine", "fan", "--ids", "00", "--snr", "6dB", "--train", "4", "--test", "3", "--seconds", "2"]
    subprocess.run([sys.executable, script, root, *options], check=True, capture_output=True)
    for split, n in (("test", 6), ("train", 4)):
        (root / "slider" / split).mkdir(parents=True)
        for path in sorted((shared_data / "dcase2020_real" / "slider" / split).iterdir())[:n]:
            shutil.copy(path, root / "slider" / split)
    return root


@pytest.fixture(scope="module")
def served(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    running = Served.opened(recordings, tmp_path_factory.mktemp("cache"))
    yield running
    running.stop()


def _paths(served: Served) -> list[str]:
    a, b = served.id(ANOMALY), served.id(NORMAL)
    return ["/", "/clips", f"/clips/{a}", "/pairs", f"/pairs/{a}/{b}", "/map", "/labels"]


def _settled(page: Any, address: str) -> None:
    """Open a page and wait for the parts that it fetches by itself."""
    page.goto(address)
    if page.locator("[hx-trigger=load]").count():
        page.wait_for_selector("figure .chart")


def test_a_clip_is_heard_and_seen(served: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{served.id(ANOMALY)}")
    brightness = """() => { const c = document.querySelector('.spectrogram');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(Array.from({length: 397}, (_, k) => d[4 * Math.floor(k * d.length / 1588)])).size }"""
    until(lambda: page.evaluate(brightness) > 20)  # many colours: the tiles have come

    def seconds() -> float:
        return float(page.inner_text("#time").split()[0])

    page.keyboard.press("Space")
    until(lambda: seconds() > 0.2)
    assert page.inner_text("#play") == "Pause"
    first = page.evaluate("document.querySelector('.cursor').getBoundingClientRect().x")
    until(lambda: page.evaluate("document.querySelector('.cursor').getBoundingClientRect().x") > first)
    page.select_option("#speed", "2")
    page.keyboard.press("b")
    assert page.is_checked("#band-on")
    page.keyboard.press("Space")
    until(lambda: page.inner_text("#play") == "Play")
    page.click(".spectrogram", position={"x": 600, "y": 100})
    until(lambda: 4.0 < seconds() < 6.0)
    for key in ("+", "+", "-", "0", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_selector("figure .chart")
    page.keyboard.press("?")
    assert "play or pause" in page.inner_text("#help")
    page.keyboard.press("Escape")


def test_the_table_is_filtered_and_sorted(served: Served, open_page: Open) -> None:
    page = open_page("/clips")

    def rows() -> int:
        return int(page.locator(".clips tbody tr").count())

    assert rows() == 20
    machine = page.locator("details:has(input[name='is.machine'])")
    machine.locator("summary").click()
    machine.locator("input[value=slider]").check()
    until(lambda: rows() == 10)
    assert "machine=slider" in page.url
    page.fill("#search", "anomaly")
    until(lambda: rows() == 3)
    page.click("th >> text=level")
    page.wait_for_selector("th[aria-sort=descending]")  # numbers: the highest first
    page.click("th >> text=level")
    page.wait_for_selector("th[aria-sort=ascending]")
    machine.locator("summary").click()
    machine.locator("input[value=fan]").check()
    until(lambda: "fan/" in page.inner_text(".clips tbody") and rows() == 6)
    machine.locator("input[value=slider]").uncheck()
    until(lambda: "slider/" not in page.inner_text(".clips tbody") and rows() == 3)
    until(lambda: page.inner_text(".summary") and "sort=level_db" in page.url)  # choosing does not undo the order
    page.click(".listen >> nth=0")
    page.wait_for_selector(".listen.playing")
    page.reload()
    assert rows() == 3


def test_a_note_on_a_pair_is_in_the_file_and_there_after_a_restart(
    served: Served, open_page: Open, recordings: Path, tmp_path: Path
) -> None:
    path = f"/pairs/{served.id(ANOMALY)}/{served.id(NORMAL)}"
    page = open_page(path)
    page.keyboard.press("Space")
    until(lambda: float(page.inner_text("#time").split()[0]) > 0.2)
    page.keyboard.press("x")
    assert page.get_attribute("#hear-b", "aria-pressed") == "true"
    page.keyboard.press("Space")
    page.fill("#same-note", "the strokes")
    page.fill("#difference-note", "a squeal at the turn")
    page.click("#save-note")
    page.wait_for_selector("text=Saved.")
    notes = json.loads((recordings / NOTES).read_text(encoding="utf-8"))["notes"]
    assert (ANOMALY, NORMAL, "the strokes") in [(note["a"], note["b"], note["same_note"]) for note in notes]
    again = Served.opened(recordings, tmp_path / "cache")
    try:
        later = open_page(path, address=again.address)
        assert later.input_value("#difference-note") == "a squeal at the turn"
        later.goto(again.address + "/pairs")
        assert "a squeal at the turn" in later.inner_text("main")
        later.goto("about:blank")  # a page that asks for progress must not find its server gone
    finally:
        again.stop()


def test_the_keyboard_alone_suffices_to_label(served: Served, open_page: Open, recordings: Path) -> None:
    page = open_page("/labels")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "go":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/clips/*")  # and until it is loaded
    first = page.url
    page.keyboard.press("Space")
    until(lambda: page.inner_text("#play") == "Pause")
    page.keyboard.press("a")
    page.wait_for_selector("#label-anomaly[aria-pressed=true]")
    page.wait_for_load_state("networkidle")  # what the label brings anew is there
    page.keyboard.press("c")
    page.keyboard.type("a squeal, n and j are only letters here")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.getElementById('comment').defaultValue").startswith("a squeal"))
    page.goto(served.address + "/clips?machine=slider")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.wait_for_selector("tr.here .normal[aria-pressed=true]")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.wait_for_selector("tr.here .unsure[aria-pressed=true]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clips/*?machine=slider")
    page.wait_for_selector("#label-unsure[aria-pressed=true]")
    second = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != second)
    page.wait_for_url("**/clips/*?machine=slider")
    rows = list(csv.DictReader((recordings / DECIDED).read_text(encoding="utf-8").splitlines()))
    labelled = served.explorer.library.name(first.split("/clips/")[1][:16])
    assert {"file": labelled, "label": "anomaly", "comment": "a squeal, n and j are only letters here"}.items() <= next(
        row for row in rows if row["label"] == "anomaly"
    ).items()
    assert sorted(row["label"] for row in rows) == ["anomaly", "normal"]


def test_the_map_is_heard_and_drawn_on(served: Served, open_page: Open) -> None:
    page = open_page("/map?colour=machine")
    page.wait_for_selector("#legend li >> nth=1")
    box = page.locator("#map").bounding_box()
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#picked:not([hidden])")
    page.keyboard.press("Enter")
    until(lambda: page.inner_text("#picked-play") == "Pause")
    page.select_option("#colour", "level_db")
    page.wait_for_selector("#legend canvas.ramp")
    page.keyboard.press("Escape")
    page.click("#mode-lasso")
    x, y, w, h = box["x"] + 3, box["y"] + 3, box["width"] - 6, box["height"] - 6
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((w / 2, 0), (w, 0), (w, h), (0, h)):
        page.mouse.move(x + dx, y + dy, steps=2)
    page.mouse.up()
    page.click("text=Show 20 selected clips")
    page.wait_for_selector(".clips tbody tr")
    assert page.locator(".clips tbody tr").count() == 20
    assert "selection=" in page.url


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(served: Served, open_page: Open, dark: bool) -> None:
    page = open_page("/labels", dark=dark)
    for path in [*_paths(served), "/clips?q=nothing+such"]:
        _settled(page, served.address + path)
        assert serious(page) == {}, path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_where_a_score_is_explained(described: Served, open_page: Open, dark: bool) -> None:
    page = open_page(f"/clips/{described.id('clip_02.wav')}", address=described.address, dark=dark)
    page.wait_for_selector("#layers:not([hidden])")
    for summary in ("#why summary", "#save summary"):
        page.click(summary)
    assert serious(page) == {}
    page.goto(described.address + "/clips?machine=x")
    for summary in (".choice summary >> nth=0", "#ranges summary", "#columns summary"):
        page.click(summary)
        assert serious(page) == {}, summary


def test_no_page_is_wider_than_a_telephone(served: Served, open_page: Open) -> None:
    page = open_page("/labels", width=390)
    for path in _paths(served):
        _settled(page, served.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_another_window_is_not_written_over(served: Served, open_page: Open) -> None:
    path = f"/pairs/{served.id(NORMAL)}/{served.id('slider/train/normal_id_00_00000001.wav')}"
    one, other = open_page(path), open_page(path)
    one.fill("#same-note", "from the first window")
    one.click("#save-note")
    one.wait_for_selector("text=Saved.")
    other.fill("#same-note", "from the second window")
    other.click("#save-note")
    other.wait_for_selector("text=Another window has changed this note")
    assert "from the first window" in other.inner_text("#note")
    assert other.input_value("#same-note") == "from the second window"
    other.fill("#same-note", "from both windows")
    other.click("#save-note")
    other.wait_for_selector("text=Saved.")
    one.reload()
    assert one.input_value("#same-note") == "from both windows"


def _go(page: Any, address: str) -> None:
    """Open an address; a key that was pressed before may still be opening another, which comes in between."""
    from playwright.sync_api import Error

    for _ in range(50):
        try:
            page.goto(address)
        except Error as error:
            if "interrupted by another navigation" not in str(error) and "ERR_ABORTED" not in str(error):
                raise
            page.wait_for_timeout(200)
        else:
            return
    raise AssertionError(address)


def test_no_page_of_a_set_with_attributes_has_an_error(described: Served, open_page: Open) -> None:
    """Every page is opened, and every key pressed; `open_page` fails on any error that the browser reports."""
    a, b = described.id("clip_02.wav"), described.id("clip_00.wav")
    paths = ["/", "/clips", f"/clips/{a}", "/pairs", f"/pairs/{a}/{b}", "/map?colour=action", "/labels"]
    page = open_page("/", address=described.address)
    for path in paths:
        for key in (
            "j",
            "k",
            "n",
            "n",
            "c",
            "Escape",
            "Control+z",
            "+",
            "-",
            "0",
            "b",
            "x",
            "l",
            "o",
            "ArrowRight",
            "p",
        ):
            if page.url != described.address + path:
                _go(page, described.address + path)
            page.keyboard.press(key)
        _go(page, described.address + path)
        page.keyboard.press("?")
        page.wait_for_selector("#help[open]")
        page.keyboard.press("Escape")


def test_a_set_with_attributes_is_filtered(described: Served, open_page: Open) -> None:
    page = open_page("/clips", address=described.address)

    def count() -> str:
        return str(page.inner_text(".summary strong"))

    for name in HIDING:
        menu = page.locator(f"details:has(input[name='is.{name}'])")
        menu.locator("summary").click()
        menu.locator("input >> nth=0").check()
        until(lambda: count() not in ("27", ""))
        until(partial(_is_filtered_by, page, name))
        menu.locator("input >> nth=0").uncheck()
        until(lambda: count() == "27")
    page.click("th >> text=attributes")
    page.wait_for_selector("th[aria-sort=ascending]")


def _is_filtered_by(page: Any, name: str) -> bool:
    return bool(page.inner_text(".summary strong")) and f"?{name}=" in page.url


def test_labels_are_taken_back_by_the_same_key_and_by_control_z(described: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{described.id('clip_05.wav')}", address=described.address)
    labels, clip = described.explorer.labels, described.id("clip_05.wav")

    def comment() -> str | None:
        label = labels.get(clip)
        return None if label is None else label.comment

    page.keyboard.press("a")
    page.wait_for_selector("#label-anomaly[aria-pressed=true]")
    page.keyboard.press("c")
    page.keyboard.type("a hiss")
    page.keyboard.press("Enter")
    until(lambda: comment() == "a hiss")
    page.wait_for_selector("#comment[value='a hiss']")
    page.keyboard.press("a")
    page.wait_for_selector("#comment[disabled]")
    assert labels.get(clip) is None
    page.keyboard.press("Control+z")
    page.wait_for_selector("#label-anomaly[aria-pressed=true]")
    assert page.input_value("#comment") == "a hiss"
    page.fill("#comment", "")
    page.keyboard.press("Enter")
    until(lambda: comment() == "")
    page.wait_for_selector("#comment[value='']")  # the browser knows, too, and can take it back
    page.goto(described.address + "/clips")  # another page of the same window
    row = f"tr[data-clip='{clip}']"
    page.wait_for_selector(f"{row} .anomaly[aria-pressed=true]")
    page.keyboard.press("Control+z")
    until(lambda: comment() == "a hiss")
    page.keyboard.press("Control+z")
    until(lambda: comment() == "")
    page.keyboard.press("Control+z")
    page.wait_for_selector(f"{row} .anomaly[aria-pressed=false]")
    assert labels.get(clip) is None


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_normal_is_blue_and_anomalous_red_on_every_page(described: Served, open_page: Open, dark: bool) -> None:
    page = open_page("/?column=label&first=anomaly&second=normal", address=described.address, dark=dark)

    def colour(selector: str, name: str = "stroke") -> list[int]:
        found = page.eval_on_selector(selector, f"one => getComputedStyle(one).{name}")
        return [int(value) for value in re.findall(r"\d+", found)[:3]]

    def is_blue(rgb: list[int]) -> bool:
        return rgb[2] > rgb[0] + 50

    def is_red(rgb: list[int]) -> bool:
        return rgb[0] > rgb[2] + 50

    assert is_red(colour("#groups polyline >> nth=0"))
    assert is_blue(colour("#groups polyline >> nth=1"))
    assert is_red(colour("#groups .swatch >> nth=0", "backgroundColor"))
    assert is_blue(colour(".bars rect.colour-normal", "fill"))
    page.goto(described.address + "/clips?sort=label")
    assert is_red(colour("td .badge.anomaly >> nth=0", "color"))
    page.goto(described.address + "/clips?sort=label&order=desc")
    assert is_blue(colour("td .badge.normal >> nth=0", "color"))
    page.goto(described.address + "/map?colour=label")
    page.wait_for_selector("#legend li >> nth=1")
    shown = """() => [...document.querySelectorAll('#legend li')].map((item) => [item.textContent,
        [...item.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1).data]])"""
    legend = dict(page.evaluate(shown))
    assert is_red(legend["anomaly"])
    assert is_blue(legend["normal"])
    page.goto(described.address + "/map?colour=action")
    page.wait_for_selector("#legend li >> nth=8")
    assert len({tuple(rgb) for _, rgb in page.evaluate(shown)}) == 9
