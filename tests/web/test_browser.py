"""The explorer in a real browser, on real slide-rail clips and machines rebuilt from MIMII."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from offkey.web.app import create_app
from offkey.web.explore.explorer import Explorer, open_explorer
from offkey.web.explore.labels import DECIDED
from offkey.web.explore.notes import NOTES
from offkey.web.explore.pages import explore_room
from offkey.web.server import listen

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
ARGUMENTS = """
--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update
--disable-sync
"""
ANOMALY = "slider/test/anomaly_id_00_00000000.wav"
NORMAL = "slider/test/normal_id_00_00000013.wav"


class Served:
    """An explorer behind a real server."""

    def __init__(self, root: Path, cache: Path) -> None:
        import uvicorn

        self.explorer: Explorer = open_explorer("dcase2020", root, cache=cache, jobs=1)
        self.explorer.background.start()
        self.explorer.background.wait()
        self.socket = listen("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        app = create_app([explore_room(self.explorer)], title="offkey explore")
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    async def _serve(self) -> None:
        await self.server.serve(sockets=[self.socket])
        for connection in list(self.server.server_state.connections):  # of which a page has not read all
            connection.transport.abort()
        await asyncio.sleep(0)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.explorer.background.stop()

    def id(self, name: str) -> str:
        found = self.explorer.library.find(name)
        assert found is not None
        return found


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
    running = Served(recordings, tmp_path_factory.mktemp("cache"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield running
        running.close()


Open = Callable[..., object]


@pytest.fixture
def open_page(browser, served: Served) -> Iterator[Open]:
    """Return a function that opens a page; at the end none of them may have had an error on its console."""
    errors: list[str] = []
    contexts = []

    def go(path: str, *, width: int = 1280, dark: bool = False, address: str = served.address):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert [error for error in errors if "409 (Conflict)" not in error] == []  # which a browser always logs


def _paths(served: Served) -> list[str]:
    a, b = served.id(ANOMALY), served.id(NORMAL)
    return ["/", "/clips", f"/clips/{a}", "/pairs", f"/pairs/{a}/{b}", "/map", "/labels"]


def _settled(page, address: str) -> None:
    """Open a page and wait for the parts that it fetches by itself."""
    page.goto(address)
    if page.locator("[hx-trigger=load]").count():
        page.wait_for_selector("figure .chart")


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within twenty seconds")


def test_a_clip_is_heard_and_seen(served: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{served.id(ANOMALY)}")
    brightness = """() => { const c = document.querySelector('.spectrogram');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(Array.from({length: 400}, (_, k) => d[4 * Math.floor(k * d.length / 1600)])).size }"""
    _until(lambda: page.evaluate(brightness) > 20)  # many colours: the tiles have come
    seconds = lambda: float(page.inner_text("#time").split()[0])  # noqa: E731
    page.keyboard.press("Space")
    _until(lambda: seconds() > 0.2)
    assert page.inner_text("#play") == "Pause"
    first = page.evaluate("document.querySelector('.cursor').getBoundingClientRect().x")
    _until(lambda: page.evaluate("document.querySelector('.cursor').getBoundingClientRect().x") > first)
    page.select_option("#speed", "2")
    page.keyboard.press("b")
    assert page.is_checked("#band-on")
    page.keyboard.press("Space")
    _until(lambda: page.inner_text("#play") == "Play")
    page.click(".spectrogram", position={"x": 600, "y": 100})
    _until(lambda: 4.0 < seconds() < 6.0)
    for key in ("+", "+", "-", "0", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_selector("figure .chart")
    page.keyboard.press("?")
    assert "play or pause" in page.inner_text("#help")
    page.keyboard.press("Escape")


def test_the_table_is_filtered_and_sorted(served: Served, open_page: Open) -> None:
    page = open_page("/clips")
    rows = lambda: page.locator(".clips tbody tr").count()  # noqa: E731
    assert rows() == 20
    page.select_option("select[name=machine]", "slider")
    _until(lambda: rows() == 10)
    assert "machine=slider" in page.url
    page.fill("#search", "anomaly")
    _until(lambda: rows() == 3)
    page.click("th >> text=level")
    page.wait_for_selector("th[aria-sort=ascending]")
    page.select_option("select[name=machine]", "fan")
    _until(lambda: "fan/" in page.inner_text(".clips tbody"))
    assert "sort=level_db" in page.url  # choosing does not undo the order
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
    _until(lambda: float(page.inner_text("#time").split()[0]) > 0.2)
    page.keyboard.press("x")
    assert page.get_attribute("#hear-b", "aria-pressed") == "true"
    page.keyboard.press("Space")
    page.fill("#same-note", "the strokes")
    page.fill("#difference-note", "a squeal at the turn")
    page.click("#save-note")
    page.wait_for_selector("text=Saved.")
    notes = json.loads((recordings / NOTES).read_text(encoding="utf-8"))["notes"]
    assert (ANOMALY, NORMAL, "the strokes") in [(note["a"], note["b"], note["same_note"]) for note in notes]
    again = Served(recordings, tmp_path / "cache")
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
    _until(lambda: page.inner_text("#play") == "Pause")
    page.keyboard.press("a")
    page.wait_for_selector("#label-anomaly[aria-pressed=true]")
    page.keyboard.press("c")
    page.keyboard.type("a squeal, n and j are only letters here")
    page.keyboard.press("Enter")
    _until(lambda: page.evaluate("document.getElementById('comment').defaultValue").startswith("a squeal"))
    page.goto(served.address + "/clips?machine=slider")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.wait_for_selector("tr.here .normal[aria-pressed=true]")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.wait_for_selector("tr.here .unsure[aria-pressed=true]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#label-unsure[aria-pressed=true]")
    page.keyboard.press("j")
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
    _until(lambda: page.inner_text("#picked-play") == "Pause")
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
        found = axe_api.Axe().run(page).response["violations"]
        serious = {one["id"]: one["nodes"][0]["html"] for one in found if one["impact"] in ("serious", "critical")}
        assert serious == {}, path


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
