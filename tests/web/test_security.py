from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.web.rendering import STATIC
from offkey.web.security import COOKIE, Guard, is_loopback
from offkey.web.server import guard_for, listen

TEMPLATES = STATIC.parent / "templates"


OURS = ("127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8")
OTHERS = ("0.0.0.0", "192.168.1.5", "example.org", "localhost.evil.org")  # noqa: S104


@pytest.mark.parametrize(("host", "expected"), [*((one, True) for one in OURS), *((one, False) for one in OTHERS)])
def test_which_addresses_only_this_computer_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
    assert (guard_for(host).token is None) is expected


@pytest.mark.parametrize(
    "host", ["evil.org", "localhost.evil.org", "127.0.0.1.evil.org:8000", "", "192.168.1.5", "[::2]"]
)
def test_other_host_names_are_refused(root: Path, opened, client_of, host: str) -> None:
    answer = client_of(opened(root)).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "This host name is not served" in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8123", "[::1]:9", "LOCALHOST:1"])
def test_the_names_of_this_computer_are_answered(root: Path, opened, client_of, host: str) -> None:
    assert client_of(opened(root)).get("/labels", headers={"host": host}).status_code == 200


def test_changes_come_from_our_own_pages(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    clip = explorer.library.ids[0]
    client = client_of(explorer)
    del client.headers["origin"]
    for headers in (
        {},
        {"origin": "http://evil.org"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:9"},
    ):
        answer = client.post(f"/clips/{clip}/label", data={"label": "normal"}, headers=headers)
        assert answer.status_code == 403
        assert "only from the pages of this app" in answer.text
    assert explorer.labels.get(clip) is None
    for headers in ({"origin": "http://127.0.0.1"}, {"sec-fetch-site": "same-origin"}):
        assert client.post(f"/clips/{clip}/label", data={"label": "normal"}, headers=headers).status_code == 200


def test_a_token_is_asked_for_and_remembered(root: Path, opened, client_of) -> None:
    client = client_of(opened(root), Guard(hosts=None, token="t0ken"))  # noqa: S106
    for address in ("/", "/clips", "/static/x", "/?token=wrong", "/?token=", "/map/points.json"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert "A token is needed" in answer.text
    answer = client.get("/clips?machine=fan&token=t0ken", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/clips?machine=fan")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=t0ken")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert client.get("/clips", headers={"host": "192.168.1.5"}).status_code == 200


def test_every_answer_says_what_a_page_may_load(root: Path, opened, client_of) -> None:
    client = client_of(opened(root))
    for address in ("/", "/nothing", "/map/points.json"):
        answer = client.get(address)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/", headers={"host": "evil.org"}).headers["content-security-policy"]


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:|<script>", text), path.name
        assert not re.search(r"https?://", text), path.name
    for path in STATIC.iterdir():
        if path.suffix in (".js", ".css") and path.name != "htmx.min.js":
            assert not re.search(r"https?://|\beval\(|innerHTML", path.read_text(encoding="utf-8")), path.name


def test_a_taken_port_and_an_unknown_address_are_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(
            OffkeyError, match=r"Port \d+ of 127\.0\.0\.1 cannot be opened .* choose another with --port"
        ):
            listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(OffkeyError, match="is not known"):
        listen("no such name", 0)
    with listen("127.0.0.1", 0) as opened:
        assert opened.getsockname()[1] > 0
