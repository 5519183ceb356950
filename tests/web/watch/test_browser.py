"""The pages of a plant in a real browser: an alarm, its review, a restart, a telephone, keys alone, and axe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import soundfile
from fastapi import FastAPI, Response
from tests.web.browsing import Open, serious, until
from tests.web.watch.conftest import EVENT, NOW, ROW, Stated

import offkey
from offkey.watch.clock import MovedClock
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.life.normal_set import NormalSet
from offkey.watch.minutes import Minute
from offkey.watch.rows import HealthPoint
from offkey.watch.store.store import Store
from offkey.web.app import create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NAME = ROW["machine"]
MACHINE = f"/machine?{urlencode({'name': NAME})}"
RECORD = f"/record?{urlencode({'name': NAME})}"
LIFE = f"/life?{urlencode({'name': NAME})}"


class Server:
    """A plant behind a real server, which can be stopped and started again on the same port."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        opened = listen("127.0.0.1", 0)
        self.port = opened.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._running = ExitStack()
        self._serve(self._app(), opened)

    def _app(self) -> FastAPI:
        return create_app([watch_part(self.plant)], title="offkey watch")

    def _serve(self, app: FastAPI, opened: Any) -> None:
        self._running.enter_context(served(app, opened, host="127.0.0.1", guard=Guard(), announce=lambda _: None))

    def stop(self) -> None:
        self._running.close()

    def start(self, app: FastAPI | None = None) -> None:
        self._serve(app or self._app(), listen("127.0.0.1", self.port))


@pytest.fixture
def server(plant: Plant) -> Iterator[Server]:
    running = Server(plant)
    yield running
    running.stop()


def _row(**other: object) -> dict[str, Any]:
    return {**ROW, "level": "normal", "event": False, **other}


def test_an_alarm_appears_is_heard_reviewed_and_shelved(
    server: Server, open_page: Open, monitor: Stated, clock: MovedClock, store: Store, request: pytest.FixtureRequest
) -> None:
    monitor.rows = [_row()]
    page = open_page("/", address=server.address)
    page.wait_for_selector(".machine-card.level-normal")
    request.getfixturevalue("kept")
    monitor.rows = [_row(level="alarm", event=True)]
    clock.move(1)
    page.wait_for_selector(".machine-card.level-alarm")
    page.click(".machine-card .hint a")
    page.wait_for_url("**/event?*")
    assert "A hiss at 3 to 4 kHz." in page.inner_text("main")
    page.evaluate("document.querySelector('audio').play()")
    until(lambda: page.evaluate("document.querySelector('audio').currentTime") > 0.1)
    assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(4, abs=0.1)
    page.check("input[name=verdict][value=true]")
    page.click("text=Keep the review")
    page.wait_for_selector("strong:has-text('true')")
    assert [row["verdict"] for row in store.life.reviews(EVENT)] == ["true"]
    page.click("text=Shelve")
    page.fill("form[action$=shelve] [name=comment]", "the bearing is ordered")
    page.click("form[action$=shelve] button")
    page.wait_for_selector("text=the bearing is ordered")
    assert store.life.acts()[-1]["what"] == "shelve"


def test_keys_alone_review_an_event(server: Server, open_page: Open, kept: Path, store: Store) -> None:
    page = open_page(f"/event?event={EVENT}", address=server.address)

    def go_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == name:
                return
        raise AssertionError(f"no key leads to {name}")

    go_to("verdict")
    page.keyboard.press("ArrowDown")
    go_to("comment")
    page.keyboard.type("a truck passed")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=a truck passed")
    (review,) = store.life.reviews(EVENT)
    assert (review["verdict"], review["comment"]) == ("false", "a truck passed")


@pytest.mark.parametrize("path", ["/", MACHINE], ids=["plant", "machine"])
def test_a_page_says_that_the_monitor_is_gone_and_goes_on_with_the_next_one(
    server: Server, open_page: Open, monitor: Stated, clock: MovedClock, path: str
) -> None:
    monitor.rows = [_row()]
    page = open_page(path, address=server.address, expected="ERR_|502|WebSocket")
    page.wait_for_selector("[data-live=score]:has-text('1.50')")
    server.stop()
    page.wait_for_selector("#lost:visible")
    assert "does not answer" in page.inner_text("#lost")
    broken = FastAPI()
    broken.add_api_route("/{path:path}", lambda: Response("Bad Gateway", 502))  # as of a proxy before it
    server.start(broken)
    page.wait_for_event("response", lambda answer: answer.status == 502)
    server.stop()
    monitor.rows = [_row(score=9.25)]
    clock.move(60)
    server.start()
    page.wait_for_selector("[data-live=score]:has-text('9.25')")
    assert not page.is_visible("#lost")


def test_the_chart_names_the_states_and_shows_the_newest_score(server: Server, open_page: Open, store: Store) -> None:
    newest = int(time.time()) // 60 * 60 - 60  # the browser asks by its own clock
    means = {"off": -3.25, "running": 1.75}
    minutes = [
        Minute(NAME, "m", newest - 600 * n, 6, 0, mean - 1, mean, mean + 1, None, state)
        for n, (state, mean) in enumerate(sorted(means.items(), reverse=True))
    ]
    store.write(Findings(minutes=minutes))
    page = open_page(MACHINE, address=server.address)
    page.wait_for_selector("#states li:has-text('running')")
    assert page.locator("#states li").all_inner_texts() == ["off", "running"]
    assert page.inner_text(".u-series:last-child .u-value") == "1.75"
    page.click("[data-span='31536000']")
    until(lambda: page.locator(".uplot").count() == 1)


def test_a_broken_source_is_said_with_its_reason(
    server: Server, open_page: Open, monitor: Stated, clock: MovedClock
) -> None:
    monitor.rows = [_row()]
    page = open_page("/", address=server.address)
    page.wait_for_selector(".machine-card.level-normal")
    monitor.rows = [_row(source="reconnecting", reason="the camera does not answer", fresh=False)]
    clock.move(60)
    page.wait_for_selector(".machine-card.level-unheard")
    assert "the camera does not answer" in page.inner_text(".machine-card .verdict")


def test_a_clip_of_the_telephone_is_scored_and_joins_the_normal_set(
    server: Server, open_page: Open, monitor: Stated, plant: Plant, normal_folder: Path
) -> None:
    monitor.kept_model = offkey.fit(normal_folder, detector="knn", progress=False)
    page = open_page(RECORD, address=server.address, width=390)
    page.click("#record")
    until(lambda: page.inner_text("#length") >= "1.5 s")
    page.click("#record")
    page.click("text=Score it")
    page.wait_for_selector("#said:has-text('threshold')")
    page.click("text=add it to the normal set")
    page.wait_for_selector("#said:has-text('from the next model on')")
    (clip,) = NormalSet(plant.folder, NAME).clips()
    assert soundfile.info(clip).duration > 1.4
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_browser_that_cannot_record_is_told_why(server: Server, open_page: Open) -> None:
    page = open_page("/", address=server.address)
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.goto(server.address + RECORD)
    page.wait_for_selector("#said:has-text('over https')")
    assert page.is_disabled("#record")


@pytest.fixture
def full(monitor: Stated, store: Store, kept: Path) -> None:
    """Twenty machines of every phase and level, one with a very long name, and 200 events."""
    levels = ["alarm", "warning", "watch", *["normal"] * 13]
    monitor.rows = [
        _row(level=levels[0], event=True),
        *(
            _row(machine=f"pump {n}", level=level, index=97.4 - n, state="running")
            for n, level in enumerate(levels[1:])
        ),
        _row(machine="Hauptkühlwasserumwälzpumpe" * 3, fresh=False, source="silent", reason="all zeros"),
        _row(machine="new", phase="learning", level=None, promise=None, fresh=False, source="waiting", score=None),
        _row(machine="shy", phase="shadow", level=None, promise=None, shadow_days=0.0216),
        _row(machine="off", phase="out of service", level=None, promise=None, score=None),
    ]
    many = [
        Change(f"{n:032x}", f"pump {n % 15}", "end", "fast", NOW - n, NOW - 9 - n, NOW - n, 3, "m") for n in range(200)
    ]
    store.write(
        Findings(many, health=[HealthPoint(NAME, NOW - 60 * n, 90.0 + n % 5, "normal", 1.0) for n in range(50)])
    )


OTHER_THEME = "name => { document.documentElement.dataset.theme = name; dispatchEvent(new Event('offkey-theme')); }"
PAGES = [
    "/",
    "/wall",
    "/events",
    f"/event?event={EVENT}",
    MACHINE,
    LIFE,
    RECORD,
    "/quality",
    "/system",
    "/add",
    "/settings",
    "/machine?name=none",
]


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["desk", "telephone"])
def test_every_page_fits_and_can_be_read_by_all(server: Server, open_page: Open, width: int, dark: bool) -> None:
    for path in PAGES:
        page = open_page(path, address=server.address, width=width, dark=dark, expected="404")
        page.wait_for_load_state("load")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert (path, serious(page)) == (path, {})
        page.emulate_media(reduced_motion="reduce")  # no colour is on its way to another
        page.evaluate(OTHER_THEME, "light" if dark else "dark")  # in which colours alone differ
        assert (path, serious(page, "color-contrast")) == (path, {})
        page.context.close()
