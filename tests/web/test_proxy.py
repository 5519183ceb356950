"""Behind a real nginx: a sub-path, TLS, live events, and forwarded headers from trusted proxies alone."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from benchmarks.ports import free_port
from tests.web.watch.conftest import clock, monitor, plant, plant_file, settings, store  # noqa: F401 - fixtures
from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from offkey.errors import UsageError
from offkey.web.app import create_app
from offkey.web.server import Proxy, guard_for, listen, served
from offkey.web.watch.part import watch_part
from offkey.web.watch.plant import Plant

NGINX, OPENSSL = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("openssl")
NAME = "plant.example"
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location /hall/ {{
      proxy_pass http://127.0.0.1:{upstream}/;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""


@pytest.mark.parametrize("path", ["hall", "/", "/hall/", "/a b", "//evil.example", "/hall?x"])
def test_a_root_path_that_is_none_is_a_sentence(path: str) -> None:
    with pytest.raises(UsageError, match="A root path begins with a slash"):
        Proxy(path)


def test_a_name_that_others_can_reach_asks_for_a_token() -> None:
    guard = guard_for("127.0.0.1", names=["Plant.example"])
    assert guard.token is not None
    assert {"plant.example", "127.0.0.1"} <= set(guard.hosts or ())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not Path(NGINX).is_file() or OPENSSL is None:
        pytest.skip("nginx or openssl is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    command = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    command += ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


Get = Callable[..., http.client.HTTPResponse]
Behind = Callable[..., tuple[str, Get]]


@pytest.fixture
def behind(certificate: Path, plant: Plant) -> Iterator[Behind]:  # noqa: F811
    """Return a function that starts a server behind nginx, and gives its token and what asks nginx for a path."""
    with ExitStack() as stack:

        def start(*trusted: str) -> tuple[str, Get]:
            opened = stack.enter_context(closing(listen("127.0.0.1", 0)))
            guard = guard_for("127.0.0.1", names=[NAME])
            app = create_app([watch_part(plant)], title="offkey watch", guard=guard)
            proxy = Proxy("/hall", trusted, [NAME])
            stack.enter_context(
                served(app, opened, host="127.0.0.1", guard=guard, announce=lambda _: None, proxy=proxy)
            )
            port = free_port()
            text = CONFIGURATION.format(folder=certificate, port=port, upstream=opened.getsockname()[1])
            (certificate / "nginx.conf").write_text(text)
            process = subprocess.Popen([NGINX, "-c", certificate / "nginx.conf", "-p", certificate])
            stack.callback(process.wait)
            stack.callback(process.terminate)
            _wait_for(port)
            context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
            context.check_hostname = False  # the name leads nowhere

            def get(path: str, **headers: str) -> http.client.HTTPResponse:
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
                stack.callback(connection.close)
                connection.request("GET", path, headers={"Host": f"{NAME}:{port}", **headers})
                return connection.getresponse()

            return guard.token or "", get

        yield start


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx does not answer")


def test_pages_their_files_and_live_events_come_through_a_sub_path_with_tls(behind: Behind) -> None:
    token, get = behind("127.0.0.1")
    assert get("/hall/").status == 401
    entered = get(f"/hall/?token={token}")
    assert (entered.status, entered.headers["Location"]) == (303, "/hall/")
    cookie = entered.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "Path=/hall" in cookie
    headers = {"Cookie": cookie.partition(";")[0]}
    page = get("/hall/", **headers).read().decode()
    links = set(re.findall(r'(?:href|src|data-cards)="(/[^"#]*)"', page))
    assert len(links) > 8
    assert {link for link in links if not link.startswith("/hall/")} == set()
    assert {link: get(link, **headers).status for link in links} == dict.fromkeys(links, 200)
    live = get("/hall/live", **headers)
    assert (live.status, live.readline()) == (200, b"event: state\n")
    assert token not in page


def test_a_websocket_comes_through_a_sub_path_with_tls(behind: Behind, certificate: Path) -> None:
    token, get = behind("127.0.0.1")
    cookie = get(f"/hall/?token={token}").headers["Set-Cookie"].partition(";")[0]
    port = int(re.search(r"listen 127.0.0.1:(\d+)", (certificate / "nginx.conf").read_text())[1])  # type: ignore[index]
    context = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    address, origin = f"wss://{NAME}:{port}/hall/spectrogram?name=none", f"https://{NAME}:{port}"

    with ExitStack() as stack:

        def open_one(origin: str, **headers: str) -> ClientConnection:
            raw = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port))))  # the name leads nowhere
            return connect(address, sock=raw, ssl=context, origin=Origin(origin), additional_headers=headers)

        with open_one(origin, Cookie=cookie) as opened, pytest.raises(ConnectionClosedOK, match="no model yet"):
            opened.recv(timeout=30)
        for refused, headers in ((origin, {}), ("https://evil.example", {"Cookie": cookie})):
            with pytest.raises(InvalidStatus, match=r"401|403"):
                open_one(refused, **headers)


def test_forwarded_headers_of_others_are_not_believed(behind: Behind) -> None:
    token, get = behind("192.0.2.1")
    entered = get(f"/hall/?token={token}")
    assert "Secure" not in entered.headers["Set-Cookie"]
