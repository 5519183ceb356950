from __future__ import annotations

import asyncio
import re
import socket
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import APIRouter, WebSocket

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the test client's own dependencies, at import
    from starlette.testclient import TestClient, WebSocketDenialResponse

from offkey.errors import OffkeyError
from offkey.web.app import AppPart, create_app
from offkey.web.rendering import STATIC
from offkey.web.security import Guard, GuardMiddleware, is_loopback
from offkey.web.server import guard_for, listen

TEMPLATES = STATIC.parent / "templates"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"  # a name, from where nothing is fetched


OURS = ("127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8")
OTHERS = ("0.0.0.0", "192.168.1.5", "example.org", "localhost.evil.org")  # noqa: S104


@pytest.mark.parametrize(("host", "expected"), [*((one, True) for one in OURS), *((one, False) for one in OTHERS)])
def test_which_addresses_only_this_computer_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
    assert (guard_for(host).token is None) is expected


@pytest.mark.parametrize(
    "host",
    [
        "[::1",
        "127.0.0.1:x",
        "127.0.0.1:99999",
        "127.0.0.1/x",
        "evil.org",
        "localhost.evil.org",
        "127.0.0.1.evil.org:8000",
        "",
        "192.168.1.5",
        "[::2]",
    ],
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
        {"origin": "http://[::1"},
        {"origin": "http://127.0.0.1@evil.org"},
        {"origin": ""},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.org"},
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
    assert cookie.startswith("offkey_token_80=t0ken")
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert client.get("/clips", headers={"host": "192.168.1.5"}).status_code == 200


def test_explorers_on_two_ports_do_not_log_each_other_out(root: Path, opened, client_of) -> None:
    explorer = opened(root)
    one, other = (client_of(explorer, Guard(hosts=None, token=token)) for token in ("first", "second"))
    one.get("http://127.0.0.1:8001/?token=first")
    other.cookies.update(one.cookies)  # a browser has one jar for all ports
    other.get("http://127.0.0.1:8002/?token=second")
    one.cookies.update(other.cookies)
    assert {cookie.name: cookie.value for cookie in one.cookies.jar} == {
        "offkey_token_8001": "first",
        "offkey_token_8002": "second",
    }
    assert one.get("http://127.0.0.1:8001/labels").status_code == 200
    assert other.get("http://127.0.0.1:8002/labels").status_code == 200
    assert one.get("http://127.0.0.1:8002/labels").status_code == 401


def test_a_token_leads_to_no_other_host(root: Path, opened, client_of) -> None:
    client = client_of(opened(root), Guard(hosts=None, token="t"))  # noqa: S106
    answer = client.get(ORIGIN + "//evil.org/x?token=t", follow_redirects=False)
    assert answer.headers["location"] == "/evil.org/x"
    for host in ("[::1", "a/b", ""):
        assert client.get("/?token=t", headers={"host": host}, follow_redirects=False).status_code == 421


ORIGIN = "http://127.0.0.1"


@pytest.fixture
def echo_of() -> Callable[[Guard], TestClient]:
    """Return a function that gives a client to an app with a WebSocket that sends back what it is sent."""
    routes = APIRouter()

    @routes.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close()

    def make(guard: Guard) -> TestClient:
        app = create_app([AppPart((), lambda _: [routes])], title="test", guard=guard)
        return TestClient(app, base_url=ORIGIN)

    return make


def _said(client: TestClient, address: str, headers: dict[str, str]) -> str:
    with client.websocket_connect(f"ws://127.0.0.1{address}", headers=headers) as socket:
        socket.send_text("hello")
        return socket.receive_text()


def test_a_websocket_is_opened_by_our_own_pages(echo_of) -> None:
    client = echo_of(Guard())
    assert _said(client, "/echo", {"origin": ORIGIN}) == "hello"
    assert _said(client, "/echo", {"sec-fetch-site": "same-origin"}) == "hello"
    for headers, status in (
        ({}, 403),
        ({"origin": "http://evil.org"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[::1"}, 403),
        ({"origin": "http://evil.org", "host": "evil.org"}, 421),
        ({"origin": "http://127.0.0.1:9"}, 403),
    ):
        with pytest.raises(WebSocketDenialResponse) as refused:
            _said(client, "/echo", headers)
        assert refused.value.status_code == status
        assert refused.value.headers["x-content-type-options"] == "nosniff"


def test_a_websocket_needs_the_token_or_its_cookie(echo_of) -> None:
    client = echo_of(Guard(hosts=None, token="t0ken"))  # noqa: S106
    ours = {"origin": ORIGIN}
    for address in ("/echo", "/echo?token=", "/echo?token=wrong"):
        with pytest.raises(WebSocketDenialResponse) as refused:
            _said(client, address, ours)
        assert refused.value.status_code == 401
    assert _said(client, "/echo?token=t0ken", ours) == "hello"
    with pytest.raises(WebSocketDenialResponse) as refused:
        _said(client, "/echo?token=t0ken", {"origin": "http://evil.org"})
    assert refused.value.status_code == 403
    client.cookies.set("offkey_token_80", "t0ken")
    assert _said(client, "/echo", ours) == "hello"


def test_a_server_that_cannot_say_why_closes_the_websocket() -> None:
    sent: list[dict[str, object]] = []

    async def app(*_: object) -> None:
        raise AssertionError("it must not be reached")

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": [(b"host", b"127.0.0.1")]}
    asyncio.run(GuardMiddleware(app, Guard())(scope, receive, send))
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]


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
        if path.suffix in (".js", ".css") and not path.name.endswith((".min.js", ".min.css")):
            text = path.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "")
            assert not re.search(r"https?://|\beval\(|innerHTML", text), path.name


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
