"""The pages in a real browser: they play, fit a telephone, need nothing from outside, and can be read by everybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.explain import explain
from offkey.explain.output import write_explanation
from offkey.explain.report import write_report
from offkey.explain.scored import read_scored
from offkey.model import Model
from offkey.model.score_table import write_scores

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this system")

DURATIONS = """
Promise.all([...document.querySelectorAll('audio')].map(player => new Promise((known, failed) => {
  player.onerror = failed;
  player.onloadedmetadata = () => known(player.duration);
  player.preload = 'metadata';
  player.readyState > 0 ? known(player.duration) : player.load();
})))
"""
LOADED = "[...document.querySelectorAll('audio')].map(player => player.readyState)"


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, keeping_model: Model, hum) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    clips = [folder / f"{label}_{number}.wav" for number, label in enumerate(("anomaly", "normal", "normal"))]
    for clip in clips:
        soundfile.write(clip, hum(300 + len(clip.name), tone_hz=3000 if "anomaly" in clip.name else None), 16_000)
    write_explanation(explain(keeping_model, clips[0]), folder / "why.html")
    with (folder / "scores.csv").open("w") as file:
        write_scores(keeping_model.results(clips), file)
    write_report(read_scored(folder / "scores.csv"), folder / "report.html", model=keeping_model, top=1)
    return [folder / "why.html", folder / "report.html"]


@pytest.mark.parametrize("number", [0, 1], ids=["explanation", "report"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_page_plays_fits_and_can_be_read(browser, pages: list[Path], number: int, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or complaints.append(request.url))
    page.goto(pages[number].as_uri())
    assert number == 0 or page.evaluate(LOADED) == [0, 0]  # a report's players load when they are played
    assert np.allclose(page.evaluate(DURATIONS), 1.0, atol=0.11)  # an MP3 is padded
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert complaints == []
    page.close()
