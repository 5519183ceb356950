"""The desk for labels in a real browser: filters, columns, many labels at once, and undo."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.web.browsing import Open, Served, until


@pytest.fixture(autouse=True)
def _no_labels(described: Served) -> None:
    for clip in list(described.explorer.labels.all()):
        described.explorer.labels.set(clip, "")


def test_marked_rows_are_labelled_and_undone_from_the_toast(described: Served, open_page: Open) -> None:
    page = open_page("/clips?label=normal", address=described.address)
    labels = described.explorer.labels
    for at in (0, 1):
        page.check(f".mark input[name=clip] >> nth={at}")
    page.click("#bulk summary")
    assert " ".join(page.inner_text("#bulk summary").split()) == "Label 2 marked clips …"
    page.click("#bulk button.anomaly, #bulk button[value=anomaly]")
    until(lambda: len(labels.all()) == 2)
    page.wait_for_selector("tr .anomaly[aria-pressed=true] >> nth=1")
    page.click("#toast button")
    until(lambda: labels.all() == {})
    page.wait_for_selector("text=Taken back: 2 clips")
    until(lambda: page.locator("tr .anomaly[aria-pressed=true]").count() == 0)


def test_all_that_the_filters_let_through_is_labelled_and_undone_by_key(described: Served, open_page: Open) -> None:
    page = open_page("/clips?label=normal", address=described.address)
    labels = described.explorer.labels
    page.click("#bulk summary")
    assert " ".join(page.inner_text("#bulk summary").split()) == "Label all 18 clips …"
    page.click("#bulk button[value=normal]")
    until(lambda: len(labels.all()) == 18)
    page.wait_for_selector("tr .normal[aria-pressed=true] >> nth=17")
    page.keyboard.press("Control+z")
    until(lambda: labels.all() == {})


def test_one_label_is_undone_from_the_toast(described: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{described.id('clip_07.wav')}", address=described.address)
    page.keyboard.press("u")
    page.wait_for_selector("#label-unsure[aria-pressed=true]")
    page.click("#toast button")
    page.wait_for_selector("#label-unsure[aria-pressed=false]")
    assert described.explorer.labels.all() == {}


def test_ranges_and_columns_stand_in_the_address(described: Served, open_page: Open) -> None:
    page = open_page("/clips", address=described.address)
    scores = sorted(described.explorer.frame()["score"].to_list())
    page.click("#ranges summary")
    page.fill("input[name='from.score']", f"{scores[-9]}")
    page.keyboard.press("Enter")
    until(lambda: page.inner_text(".summary strong") == "9")
    assert "from.score=" in page.url
    assert page.inner_text("#ranges output") == "1 set"
    page.keyboard.press("Escape")
    assert not page.is_visible("input[name='from.score']")
    page.click("#columns summary")
    page.check("#columns input[value=peak_db]")
    page.wait_for_selector("th >> text=peak")
    assert re.search(r"column=.*column=peak_db", page.url)
    page.goto(described.address + "/clips")
    page.wait_for_selector("th >> text=peak")  # remembered
    page.click("#columns summary")
    page.click("#default-columns")
    page.wait_for_selector("th >> text=peak", state="detached")


def test_a_group_of_the_legend_is_picked_out_and_labelled(described: Served, open_page: Open) -> None:
    page = open_page("/map", address=described.address)
    labels = described.explorer.labels
    page.select_option("#colour", "label")
    page.wait_for_selector("#legend button >> text=anomaly")
    assert "colour=label" in page.url
    page.click("#legend button >> text=anomaly")
    page.wait_for_selector("text=Show 9 selected clips")
    page.click("#bulk summary")
    page.click("#bulk button[value=anomaly]")
    until(lambda: len(labels.all()) == 9)
    page.click("#toast button")
    until(lambda: labels.all() == {})
    page.click("#selected")
    page.wait_for_selector(".clips tbody tr")
    assert page.inner_text(".summary strong") == "9"
    page.click("text=on the map")
    page.wait_for_selector("#legend button")
    assert page.inner_text(".summary strong") == "9"


def test_numbers_are_coloured_by_rank_from_blue_to_red_with_lightness_going_one_way(
    described: Served, open_page: Open
) -> None:
    for dark in (False, True):
        page = open_page("/map?colour=score", address=described.address, dark=dark)
        page.wait_for_selector("#legend canvas.ramp")
        ramp = page.evaluate(
            """() => [...document.querySelector('.ramp').getContext('2d').getImageData(0, 0, 256, 1).data]"""
        )
        rgb = np.array(ramp).reshape(-1, 4)[:, :3] / 255
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)  # IEC 61966-2-1
        luminance = linear @ [0.2126, 0.7152, 0.0722]
        steps = np.diff(luminance)
        assert (steps >= -2e-3).all() if dark else (steps <= 2e-3).all()  # but for the rounding to 8 bits
        assert rgb[0, 2] > rgb[0, 0] + 0.2
        assert rgb[-1, 0] > rgb[-1, 2] + 0.2
        scores = np.sort(described.explorer.frame()["score"].to_numpy())
        texts = [float(text.replace("\u2212", "-")) for text in page.locator("#legend .scale span").all_inner_texts()]
        np.testing.assert_allclose(texts, scores[[0, 6, 13, 20, 26]], rtol=0.01)


def test_names_are_completed_to_compare_with(described: Served, open_page: Open) -> None:
    page = open_page(f"/clips/{described.id('clip_07.wav')}", address=described.address)
    page.fill("input[name=b]", "clip_1")
    page.wait_for_selector("#names-b option[value='clip_15.wav']", state="attached")
    page.fill("input[name=b]", "clip_15")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pairs/*/*")
    assert "clip_15.wav" in page.inner_text("main")
