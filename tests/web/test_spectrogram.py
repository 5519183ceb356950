"""The spectrogram in a real browser: its layers, what is measured on it, what is asked for, and how it is saved."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum
from tests.web.browsing import Open, Served, until

import offkey

FAULT = "fault.wav"
LONG = "long.wav"
TONE_ROW = "c.width / 2, 0, 1, c.height"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Iterator[Served]:
    """Normal clips, one with a tone of 3 kHz between .6 and 1.4 s, a recording with it in its second half, a model."""
    root = tmp_path_factory.mktemp("machine")
    for k in range(8):
        soundfile.write(root / f"normal_{k}.wav", hum(k, seconds=2), 16_000)
    model = offkey.fit(root, detector="knn")
    model.save(root.parent / "machine.offkey")
    fault = hum(100, seconds=2)
    fault[9_600:22_400] = hum(100, seconds=2, tone_hz=3000)[9_600:22_400]
    soundfile.write(root / FAULT, fault, 16_000)
    parts = [hum(200 + k, seconds=10, tone_hz=3000 if k > 4 else None) for k in range(10)]
    soundfile.write(root / LONG, np.concatenate(parts), 16_000)
    cache = tmp_path_factory.mktemp("cache")
    running = Served.opened(root, cache, dataset="folder", model=root.parent / "machine.offkey")
    yield running
    running.stop()


@pytest.fixture
def fault_page(machine: Served, open_page: Open) -> Any:
    """The page of the clip with the tone, with its layers and all of its tiles."""
    page = open_page(f"/clips/{machine.id(FAULT)}", address=machine.address)
    page.wait_for_selector("#layers:not([hidden])")
    page.wait_for_load_state("networkidle")
    seen: list[list[int]] = []

    def is_still() -> bool:
        seen.append(_pixels(page, TONE_ROW))
        return seen[-1:] == seen[-2:-1]

    until(is_still)
    return page


def _pixels(page: Any, where: str = "c.width / 2, c.height / 2, 1, 1") -> list[int]:
    return list(
        page.evaluate(
            f"""() => {{ const c = document.querySelector('.spectrogram');
            return [...c.getContext('2d').getImageData({where}).data] }}"""
        )
    )


def _drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    box = page.locator(".spectrogram").bounding_box()
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=4)
    page.mouse.up()


def _rgb(path: Path) -> np.ndarray[Any, Any]:
    """Return a picture as an array of bytes."""
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_region_is_clicked_to_hear_its_band(fault_page: Any) -> None:
    fault_page.click("[data-region='0']")
    until(lambda: fault_page.inner_text("#play") == "Pause")
    assert fault_page.is_checked("#band-on")
    low, high = (float(fault_page.input_value(f"#band-{end}")) for end in ("low", "high"))
    assert low < 3000 < high < 3500
    fault_page.click("[data-region='0']")
    assert not fault_page.is_checked("#band-on")
    plot = {"x": 48, "y": 8, "width": fault_page.locator(".spectrogram").bounding_box()["width"] - 118, "height": 356}

    def mel(hz: float) -> float:  # above 1 kHz
        return 15 + float(np.log(hz / 1000) / (np.log(6.4) / 27))

    there = {"x": plot["x"] + plot["width"] / 2, "y": plot["y"] + plot["height"] * (1 - mel(3000) / mel(8000))}
    fault_page.click(".spectrogram", position=there)
    assert fault_page.get_attribute("[data-region='0']", "aria-pressed") == "true"


def test_layers_are_drawn_and_taken_away(fault_page: Any) -> None:
    plain = _pixels(fault_page, TONE_ROW)
    fault_page.keyboard.press("d")
    until(lambda: _pixels(fault_page, TONE_ROW) != plain)
    column = np.array(_pixels(fault_page, TONE_ROW)).reshape(-1, 4).astype(int)
    red = (column[:, 0] > column[:, 2] + 60) & (column[:, 0] > column[:, 1] + 60)
    assert 1 <= red.sum() < 40  # the tone is louder than normal, and little else is
    fault_page.check("#layer-score")
    until(lambda: fault_page.evaluate("document.querySelector('#layer-score').checked"))
    fault_page.uncheck("#layer-score")
    fault_page.uncheck("#layer-deviation")
    until(lambda: _pixels(fault_page, TONE_ROW) == plain)


def test_a_box_is_measured_heard_and_looped(fault_page: Any) -> None:
    fault_page.keyboard.down("Shift")
    _drag(fault_page, (400, 100), (600, 200))
    fault_page.keyboard.up("Shift")
    words = fault_page.inner_text("#box-words")
    assert "s to" in words
    assert "wide); mean \u2212" in words
    start = float(words.split()[0])
    fault_page.click("#box-loop")
    until(lambda: fault_page.inner_text("#play") == "Pause")
    fault_page.wait_for_timeout(900)  # longer than the box is
    at = float(fault_page.inner_text("#time").split()[0])
    assert start - 0.15 < at < start + 1
    assert fault_page.inner_text("#play") == "Pause"
    fault_page.click("#box-band")
    assert fault_page.is_checked("#band-on")
    fault_page.click("#box-clear")
    assert not fault_page.is_visible("#box-words")
    assert not fault_page.is_checked("#band-on")


def test_finer_bands_are_asked_for_in_frequency_and_another_window(fault_page: Any) -> None:
    with fault_page.expect_request(lambda request: "bands=640" in request.url):
        fault_page.keyboard.press("f")
        fault_page.keyboard.press("f")
    with fault_page.expect_request(lambda request: "window=256" in request.url):
        fault_page.select_option("#window", "256")
    with fault_page.expect_request(lambda request: "/tile/linear/" in request.url and "bands=160" in request.url):
        fault_page.select_option("#scale", "linear")
        fault_page.keyboard.press("0")
    box = fault_page.locator(".spectrogram").bounding_box()
    fault_page.mouse.move(box["x"] + 300, box["y"] + 200)
    fault_page.keyboard.down("Control")
    fault_page.keyboard.down("Shift")
    with fault_page.expect_request(lambda request: "bands=320" in request.url):
        for _ in range(2):
            fault_page.mouse.wheel(0, -100)
    fault_page.keyboard.up("Shift")
    fault_page.keyboard.up("Control")


def test_what_is_on_its_way_is_striped_and_what_is_out_of_view_is_dropped(machine: Served, open_page: Open) -> None:
    page = open_page("/labels", address=machine.address)
    held: list[Any] = []
    dropped: list[str] = []
    page.on("requestfailed", lambda request: dropped.append(request.url) if "/tile/" in request.url else None)
    page.route("**/tile/**", lambda route: held.append(route))
    page.goto(f"{machine.address}/clips/{machine.id(LONG)}")
    until(lambda: page.wait_for_timeout(50) is None and len(held) >= 2)
    assert sum(_pixels(page)[:3]) > 3 * 200  # no black, which would mean silence
    for _ in range(6):
        page.keyboard.press("+")

    def is_asked_for_the_new() -> bool:  # never for more than four at once
        page.wait_for_timeout(50)
        return bool(dropped) and len(held) - len(dropped) <= 4

    until(is_asked_for_the_new)
    whole = [route for route in held if "/mel/6/0.png" in route.request.url]
    assert whole == held[:1]  # the whole clip in one tile comes first
    whole[0].continue_()
    until(lambda: page.wait_for_timeout(50) is None and sum(_pixels(page)[:3]) < 3 * 200)  # lies below until then
    page.unroute("**/tile/**")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_drawing_is_saved_with_its_axes(machine: Served, open_page: Open, tmp_path: Path, theme: str) -> None:
    page = open_page(f"/clips/{machine.id(FAULT)}", address=machine.address, dark=theme == "dark")
    page.wait_for_selector("#layers:not([hidden])")
    files = {}
    for form in ("svg", "png"):
        page.click("#save summary")
        with page.expect_download() as saving:
            page.click(f"[data-format={form}]")
        assert saving.value.suggested_filename == f"{FAULT}.{form}"
        saving.value.save_as(tmp_path / f"figure.{form}")
        files[form] = (tmp_path / f"figure.{form}").read_bytes()
    root = ElementTree.fromstring(files["svg"])  # noqa: S314 - of our own page
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert root.attrib["width"] == "8.8cm"
    assert {"Frequency (kHz)", "Time (s)", "A"} <= set(texts)
    png = files["png"]
    place = png.index(b"pHYs")
    dots = struct.unpack(">IIB", png[place + 4 : place + 13])
    assert dots == (11811, 11811, 1)  # 300 an inch
    assert struct.unpack(">I", png[16:20])[0] == round(8.8 / 2.54 * 300)
    image = _rgb(tmp_path / "figure.png")
    assert image[2, 2].min() > 250  # paper is white, whatever the page is


def test_a_long_recording_shows_the_score_of_each_window(machine: Served, open_page: Open) -> None:
    page = open_page("/labels", address=machine.address)
    with page.expect_response("**/scores.json") as answered:
        page.goto(f"{machine.address}/clips/{machine.id(LONG)}")
    scores = answered.value.json()
    values = np.array(scores["values"])
    assert scores["spans_s"][0] == [0.0, 2.0]
    assert len(values) == 50
    assert 5 * values[:25].max() < values[25:].min()
    assert machine.explorer.model is not None
    assert scores["threshold"] == machine.explorer.model.threshold.value
    page.wait_for_selector("#layer-score:checked")
    page.click("[data-region='0']")
    until(lambda: page.inner_text("#time").startswith(("5", "6", "7", "8", "9", "1:")))


def test_any_window_of_a_long_recording_is_explained(machine: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{machine.id(LONG)}#t=3", address=machine.address)
    until(lambda: page.inner_text("#time") == "3.00 s")
    page.wait_for_selector("#layers:not([hidden])")
    assert "The most anomalous window" in page.inner_text("#why")
    with page.expect_response("**/layers.json?at=3") as answered:
        page.click("#explain-here")
    layers = answered.value.json()
    assert (layers["start_s"], layers["end_s"]) == (2.0, 4.0)
    assert "The window, 2.00 s to 4.00 s" in page.inner_text("#why")
    page.check("#layer-deviation")


def test_two_fingers_zoom(machine: Served, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{machine.address}/clips/{machine.id(FAULT)}")
    page.wait_for_selector("#layers:not([hidden])")
    session = context.new_cdp_session(page)
    page.locator(".spectrogram").scroll_into_view_if_needed()
    box = page.locator(".spectrogram").bounding_box()

    def touch(kind: str, *xs: float) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + 120, "id": at} for at, x in enumerate(xs)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    with page.expect_request(lambda request: "/waveform.json" in request.url and "start=0&" not in request.url):
        touch("touchStart", 140, 180)
        for by in range(10, 60, 10):
            touch("touchMove", 140 - by, 180 + by)
        touch("touchEnd")
    assert page.evaluate("visualViewport.scale") == 1  # the picture was zoomed, not the page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
