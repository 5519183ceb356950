"""Who may see a plant: each address asks for a token, and a token stands in no log, no page and no bundle."""

from __future__ import annotations

import http.client
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from offkey.web.app import AppPart, create_app
from offkey.web.security import Guard
from offkey.web.server import listen, served
from offkey.web.tokens import Scope, Tokens
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

ORIGIN = "http://127.0.0.1:8001"


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens.make(tmp_path / "tokens.txt")


def _crashing() -> AppPart:
    router = APIRouter()

    @router.get("/crash")
    def crash() -> None:
        raise ValueError("a mistake of offkey itself")

    return AppPart((), lambda _: [router])


def _app(plant: Plant, tokens: Tokens) -> FastAPI:
    return create_app([watch_part(plant), _crashing()], title="test", guard=Guard(tokens=tokens, programs=True))


def _addresses(part: AppPart) -> Iterator[tuple[str, str]]:
    """Yield method and path of each route of a part, "WS" for a WebSocket."""
    pages = part.routers(None)  # type: ignore[arg-type] - nothing is rendered
    for before, routers in (("", pages), ("/api", part.api())):
        for route in (route for router in routers for route in router.routes):
            if isinstance(route, WebSocketRoute):
                yield "WS", before + route.path
            elif isinstance(route, APIRoute):
                yield from ((method, before + route.path) for method in route.methods)


def test_each_address_asks_for_a_token_and_none_shows_how_the_server_works(plant: Plant, tokens: Tokens) -> None:
    app = _app(plant, tokens)
    client = TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN})
    addresses = set(_addresses(watch_part(plant)))
    assert {("GET", "/live"), ("WS", "/spectrogram"), ("GET", "/api/status"), ("POST", "/event/review")} < addresses
    for method, path in addresses:
        if method == "WS":
            with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
                pass
        else:
            assert client.request(method, path).status_code == 401, path
    for path in ("/docs", "/redoc", "/openapi.json", "/debug", "/api/docs", "/api/openapi.json"):
        assert client.get(path).status_code == 401, path
    headers = {"Authorization": f"Bearer {tokens.add('anna', Scope.admin)}"}
    for path in ("/docs", "/redoc", "/openapi.json", "/debug", "/api/docs"):
        assert client.get(path, headers=headers).status_code == 404, path


def test_a_page_of_another_site_changes_nothing_with_the_cookie_of_a_visitor(plant: Plant, tokens: Tokens) -> None:
    client = TestClient(_app(plant, tokens), base_url=ORIGIN, follow_redirects=False)
    entered = client.get("/", params={"token": tokens.add("anna", Scope.admin)})
    assert "samesite=lax" in entered.headers["set-cookie"].lower()
    for path in ("/api/machines/none/learn", "/life/learn", "/event/review"):
        assert client.post(path, headers={"Origin": "http://evil.example"}).status_code == 403
        assert client.post(path, headers={"Origin": ORIGIN}).status_code != 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/spectrogram?name=x", headers={"Origin": "http://evil.example"}),
    ):
        pass


def test_a_token_stands_in_no_page_and_no_bundle(plant: Plant, tokens: Tokens) -> None:
    token = tokens.add("anna", Scope.admin)
    client = TestClient(_app(plant, tokens), base_url=ORIGIN)
    headers = {"Accept": "text/html"}
    for path in ("/", "/events", "/quality", "/system", "/none"):
        page = client.get(path, params={"token": token}, headers=headers)
        assert (token in page.text, token in str(page.url)) == (False, False)
    bundle = client.get("/system/bundle.zip", headers=headers)
    assert bundle.status_code == 200
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as files:
        assert all(token.encode() not in files.read(name) for name in files.namelist())


def test_a_token_stands_in_no_log_whatever_happens(
    plant: Plant, tokens: Tokens, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    token, wrong = tokens.add("anna", Scope.admin), "wrong" * 8
    app = _app(plant, tokens)
    with (
        closing(listen("127.0.0.1", 0)) as opened,
        served(app, opened, host="127.0.0.1", guard=Guard(), announce=lambda _: None),
    ):
        port = opened.getsockname()[1]
        statuses = {}
        for path in ("/", "/crash", "/none", "/%ff", "/api/none", "/spectrogram"):
            for offered in (token, wrong):
                _status(port, f"{path}?token={offered}", {})
                statuses[path] = _status(port, path, {"Authorization": f"Bearer {token}"})
        assert statuses["/crash"] == 500
    logged = "".join(capfd.readouterr()) + caplog.text
    assert "a mistake of offkey itself" in logged
    assert token not in logged
    assert wrong not in logged


def _status(port: int, path: str, headers: dict[str, str]) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def test_a_token_that_is_removed_cuts_nothing_off_and_opens_nothing_more(plant: Plant, tokens: Tokens) -> None:
    token = tokens.add("wall", Scope.read)
    app, headers = _app(plant, tokens), {"Authorization": f"Bearer {token}"}
    with (
        closing(listen("127.0.0.1", 0)) as opened,
        served(app, opened, host="127.0.0.1", guard=Guard(), announce=lambda _: None),
        closing(http.client.HTTPConnection("127.0.0.1", opened.getsockname()[1], timeout=60)) as following,
    ):
        following.request("GET", "/live", headers=headers)
        live = following.getresponse()
        assert live.readline() == b"event: state\n"
        tokens.remove("wall")
        assert live.readline().startswith(b"data: {")
        assert _status(opened.getsockname()[1], "/api/status", headers) == 401
