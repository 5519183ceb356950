"""The site builds from the documentation, loads nothing from elsewhere, and finds words without a server."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sphinx", reason="the extra docs is not installed")

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CHROMIUM = shutil.which("chromium")
ELSEWHERE = re.compile(r"(https?:)?//")
LOADING = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "audio": "src",
    "source": "src",
    "object": "data",
    "embed": "src",
}


def _build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build a site by the options of ``make docs``."""
    line = re.search(r"-m (sphinx .*) docs site$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert line is not None
    command = [sys.executable, "-m", *line[1].split(), str(source), str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = _build(DOCS, target)
    assert done.returncode == 0, done.stderr
    return target


class _Loaded(HTMLParser):
    """Collects what a page loads when it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and not {"canonical", "next", "prev", "search", "index"} & {*(given.get("rel") or "").split()}:
            self.found.append(given.get("href") or "")
        self.found.append(given.get(LOADING.get(tag, "")) or "")


def test_every_page_is_on_the_site(site: Path) -> None:
    sources = [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    missing = [path.name for path in sources if not (site / path.relative_to(DOCS).with_suffix(".html")).is_file()]
    assert missing == []
    linked = re.findall(r"\]\(([^)#]+)\)", (DOCS / "index.md").read_text(encoding="utf-8"))
    assert sorted(linked) == sorted(str(path.relative_to(DOCS)) for path in sources if path.name != "index.md")


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = dict[str, list[str]]()
    for page in site.rglob("*.html"):
        reader = _Loaded()
        reader.feed(page.read_text(encoding="utf-8"))
        loaded[page.name] = [address for address in reader.found if address]
    assert any("furo" in address for address in loaded["index.html"])
    assert {page: bad for page, all_ in loaded.items() if (bad := [one for one in all_ if ELSEWHERE.match(one)])} == {}
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", styles) == []


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path) -> None:
    shutil.copy(DOCS / "conf.py", tmp_path)
    (tmp_path / "index.md").write_text("# Title\n\n[good](#title) [no page](gone.md) [no heading](#lost)\n")
    done = _build(tmp_path, tmp_path / "out")
    assert done.returncode == 1
    assert sorted(re.findall(r"not found: '(\w+)", done.stderr)) == ["gone", "lost"]


@pytest.fixture
def page(site: Path) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_the_search_finds_words_without_a_server(site: Path, page: Any) -> None:
    page.goto((site / "search.html").as_uri() + "?q=recalibrate")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("From recordings to alarms" in text for text in found)


@pytest.mark.parametrize("name", ["index", "tutorials/machine", "notebooks/explore", "results"])
def test_pages_are_for_screen_readers_and_keyboards_and_fit_a_telephone(site: Path, page: Any, name: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.goto((site / f"{name}.html").as_uri())
    found = axe.Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
