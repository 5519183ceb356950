"""A person walks from an empty plant to a machine in its shadow, in a real browser and a monitor in fast time."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.browsing import Open, serious
from tests.web.watch.running import watched

from offkey.watch.clock import FastClock
from offkey.watch.edit.plant_editor import PlantEditor
from offkey.watch.monitor import Monitor
from offkey.watch.settings import read_settings
from offkey.watch.store.store import Store
from offkey.web.watch.plant import Plant

SPEED = 60.0
LONG_MS = 180_000


@pytest.fixture
def address(tmp_path: Path, store: Store) -> Iterator[str]:
    """A plant without machines, watched in fast time."""
    file = tmp_path / "plant.toml"
    file.write_text("# nothing is here yet\n")
    clock = FastClock(SPEED, at=time.time())
    monitor = Monitor(read_settings(file), tmp_path, store, lambda _: None, clock)
    editor = PlantEditor(
        file, lambda: monitor.settings, lambda taken: monitor.reload(lambda: read_settings(file), taken)
    )
    with watched(monitor, Plant(monitor, store, tmp_path, editor, clock)) as served_at:
        yield served_at


def test_a_machine_is_added_learns_and_comes_into_its_shadow(open_page: Open, address: str, tmp_path: Path) -> None:
    page = open_page("/", address=address)
    page.get_by_role("link", name="Add the first one.").click()
    page.get_by_label("Name", exact=True).fill("fan 1")
    page.get_by_label("Where its sound comes from").select_option("simulated")
    page.get_by_role("button", name="Show its level").click()
    page.locator(".level-now output", has_text="dB").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_label("Hours of normal sound").fill("0.06")
    page.get_by_label("Days of shadow").fill("0.1")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/life?name=fan+1")
    page.locator("[aria-current=step]", has_text="learn").wait_for()
    page.locator("[aria-current=step] [aria-label=Shadow]").wait_for(timeout=LONG_MS)
    page.locator("#promise", has_text="too short to promise anything").wait_for()
    assert tomllib.loads((tmp_path / "plant.toml").read_text())["machine"][0]["name"] == "fan 1"
    assert (tmp_path / "plant.toml").read_text().startswith("# nothing is here yet\n")


def test_the_level_is_shown_though_it_was_asked_for_before_the_script_had_come(open_page: Open, address: str) -> None:
    page = open_page("/", address=address)
    held = []
    page.route("**/plant_source.js", lambda route: held.append(route))
    page.get_by_role("link", name="Add the first one.").click()
    page.get_by_label("Where its sound comes from").select_option("simulated")
    page.get_by_role("button", name="Show its level").click()
    assert page.locator(".level-now output").inner_text() == "not listened to"
    held[0].continue_()
    page.locator(".level-now output", has_text="dB").wait_for()
    page.get_by_role("button", name="Stop").click()


def test_a_level_that_does_not_come_is_no_longer_waited_for(open_page: Open, address: str) -> None:
    page = open_page("/add", address=address)
    page.route_web_socket("**/add/level", lambda socket: socket.close())
    page.get_by_role("button", name="Show its level").click()
    page.locator(".level-now output", has_text="The monitor does not answer.").wait_for()
    assert page.get_by_role("button", name="Show its level").is_visible()


def test_the_keyboard_alone_adds_a_machine(open_page: Open, address: str) -> None:
    page = open_page("/add", address=address, width=390, dark=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == {}
    page.get_by_label("Name", exact=True).focus()
    for keys in ("fan 1", "\t", "fan", "\t", "hall 2", "\t"):
        _press(page, keys)
    page.keyboard.press("End")  # the last kind of source is the simulated machine
    for keys in ("\t", "\t", "\t", "\t", "\t", "\n"):
        _press(page, keys)
    page.wait_for_url("**/life?name=fan+1")
    assert serious(page) == {}


def test_settings_say_what_will_change_and_are_saved(open_page: Open, address: str, tmp_path: Path) -> None:
    page = open_page("/settings", address=address)
    assert serious(page) == {}
    page.get_by_label("Name", exact=True).fill("Hall 2")
    page.get_by_role("button", name="Show what will change").click()
    page.get_by_text("plant.name Hall 2 instead of plant, in messages from the next start").wait_for()
    assert serious(page) == {}
    page.locator(".changes:focus").wait_for()
    page.keyboard.press("Tab")  # to its button
    page.keyboard.press("Enter")
    page.get_by_text("Saved, and taken up by the monitor.").wait_for()
    assert (tmp_path / "plant.toml").read_text() == '# nothing is here yet\n\n[plant]\nname = "Hall 2"\n'
    assert page.locator(".dataset").inner_text() == "Hall 2"


def _press(page, keys: str) -> None:
    named = {"\t": "Tab", "\n": "Enter"}
    if keys in named:
        page.keyboard.press(named[keys])
    else:
        page.keyboard.type(keys)
