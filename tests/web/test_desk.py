"""The desk for labels in a real browser: filters, columns, many labels at once, and undo."""

from __future__ import annotations

import re

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
    page.wait_for_load_state()
    assert page.locator("th >> text=peak").count() == 0
