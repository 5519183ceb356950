"""A real browser on explorers behind a real server, for the tests of what scripts do."""

from __future__ import annotations

import asyncio
import csv
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.conftest import Hum

import offkey
from offkey.web.app import create_app
from offkey.web.explore.explorer import Explorer, open_explorer
from offkey.web.explore.pages import explore_part
from offkey.web.server import listen

CHROMIUM = shutil.which("chromium")
ARGUMENTS = """
--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update
--disable-sync --use-fake-device-for-media-stream --use-fake-ui-for-media-stream
"""
PATIENCE_S = 60.0  # on a busy computer too
_CONFLICT = r"409 \(Conflict\)"  # which a browser always logs
_LATER_ROWS = ["tbody tr:nth-child(n+11)"]
HIDING = ("attributes", "action", "method", "length", "elements", "parentNode", "getAttribute", "delete")
"""Columns whose controls would hide what programs ask a form, or the values in it, for."""


class Served:
    """An explorer behind a real server."""

    def __init__(self, explorer: Explorer) -> None:
        import uvicorn

        self.explorer = explorer
        self.socket = listen("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        app = create_app([explore_part(self.explorer)], title="offkey explore")
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    @classmethod
    def opened(cls, root: Path, cache: Path, dataset: str = "dcase2020", model: Path | None = None) -> Served:
        """Serve a data set, all of which is measured."""
        explorer = open_explorer(dataset, root, cache=cache, jobs=1, model=model)
        explorer.background.start()
        explorer.background.wait()
        return cls(explorer)

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


Open = Callable[..., Any]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"it did not happen within {PATIENCE_S:g} s"
        time.sleep(0.05)


def serious(page: Any, *rules: str) -> dict[str, str]:
    """Return what axe-core finds that is serious or critical, with the first element of each finding.

    Of a table its first rows count, since the others are alike and colours take long.

    `rules`: those that count; by default all.
    """
    axe_api = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {})
    found = axe_api.Axe().run(page, {"exclude": [_LATER_ROWS]}, options).response["violations"]
    return {one["id"]: one["nodes"][0]["html"] for one in found if one["impact"] in ("serious", "critical")}


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS.split())
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Return a function that opens a page; at the end none may have had an error of script or one not expected."""
    errors: list[str] = []
    contexts = []

    def note(message: Any, expected: str) -> None:
        if message.type == "error" and not re.search(expected, message.text):
            errors.append(message.text)

    def go(
        path: str, *, width: int = 1280, dark: bool = False, address: str | None = None, expected: str = _CONFLICT
    ) -> Any:
        address = address or request.getfixturevalue("served").address
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE_S)
        page.on("console", lambda message: note(message, expected))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, hum: Hum) -> Iterator[Served]:
    """A table of clips with attributes, whose columns have awkward names, nine groups, and a model."""
    root = tmp_path_factory.mktemp("described")
    rows = []
    for k in range(27):
        anomaly = k % 3 == 2
        soundfile.write(root / f"clip_{k:02d}.wav", hum(k, seconds=0.5, tone_hz=3000 if anomaly else None), 16_000)
        label, split = ("anomaly", "test") if anomaly else ("normal", "train")
        rows.append([f"clip_{k:02d}.wav", label, split, f"vel_{k % 2}_load_{k % 3}", *[f"v{k % 9}"] * len(HIDING[1:])])
    with (root / "clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "label", "split", *HIDING], *rows])
    model = root / "model.offkey"
    offkey.fit([root / row[0] for row in rows if row[1] == "normal"], detector="knn").save(model)
    running = Served.opened(root / "clips.csv", tmp_path_factory.mktemp("cache"), dataset="table", model=model)
    yield running
    running.stop()
