"""Serving the app on an address of this computer."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Thread
from typing import TYPE_CHECKING

from fastapi import FastAPI

from offkey.errors import OffkeyError, UsageError
from offkey.web.security import Guard, is_loopback
from offkey.web.tokens import Tokens

if TYPE_CHECKING:
    from uvicorn import Server

__all__ = ["Proxy", "guard_for", "listen", "serve", "served"]

_STUCK_S = 30.0
_HEAD_S = 30.0  # in which the head of a request must have come
_LEAVING_S = 2  # that answers without an end, as of live pages, have when the server stops


@dataclass(frozen=True)
class Proxy:
    """A reverse proxy before the server.

    `root_path`: the path under which the proxy serves it, and which it takes off; empty for none.
    `trusted`: addresses of proxies whose forwarded headers are believed.
    `names`: host names by which visitors reach it.

    Raises
    ------
    UsageError
        If the path is none.
    """

    root_path: str = ""
    trusted: Sequence[str] = ()
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.root_path and not _PATH.fullmatch(self.root_path):
            raise UsageError(
                f"A root path begins with a slash, ends without one, and holds letters, digits, dots, dashes and "
                f"underscores, such as /offkey. Got {self.root_path!r} instead."
            )


_DIRECT = Proxy()
_PATH = re.compile(r"(/[A-Za-z0-9_.~-]+)+")


def guard_for(host: str, tokens: Tokens | None = None, *, programs: bool = False, names: Collection[str] = ()) -> Guard:
    """Return the guard for an address: only on a loopback address no token is needed, unless a file names some.

    `programs`: whether changes are taken from programs beside browsers.
    `names`: host names by which a proxy reaches it, which let others in.
    """
    guard = Guard(tokens=tokens, programs=programs)
    token = secrets.token_urlsafe(16) if tokens is None else None
    if not is_loopback(host):
        return replace(guard, hosts=None, token=token)
    if names:
        return replace(guard, hosts={*(guard.hosts or ()), *(name.lower() for name in names)}, token=token)
    return guard


def listen(host: str, port: int, *, stuck_s: float = _STUCK_S) -> socket.socket:
    """Open the socket to serve on; port 0 is any free one.

    `stuck_s`: seconds after which a visitor who takes nothing is cut off, with all that waits to be sent.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise OffkeyError(f"The address {host} is not known: {error.strerror or error}.") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux; each connection has it from this socket
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(stuck_s * 1000))
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise OffkeyError(
            f"Port {port} of {host} cannot be opened ({error.strerror or error}): choose another with --port."
        ) from error
    return opened


def serve(
    app: FastAPI,
    opened: socket.socket,
    *,
    host: str,
    guard: Guard,
    announce: Callable[[str], None],
    proxy: Proxy = _DIRECT,
) -> None:
    """Serve until interrupted; `announce` gets the link, with the guard's token, once pages are answered."""
    announce(_link(opened, host, guard))
    _server(app, proxy).run(sockets=[opened])


@contextmanager
def served(
    app: FastAPI,
    opened: socket.socket,
    *,
    host: str,
    guard: Guard,
    announce: Callable[[str], None],
    proxy: Proxy = _DIRECT,
) -> Iterator[None]:
    """Serve in a thread while the block runs, which signals do not reach; `announce` as in `serve`."""
    server = _server(app, proxy)
    thread = Thread(target=server.run, kwargs={"sockets": [opened]}, name="web", daemon=True)
    thread.start()
    announce(_link(opened, host, guard))
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def _link(opened: socket.socket, host: str, guard: Guard) -> str:
    port = opened.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={guard.token}" if guard.token else "")


def _server(app: FastAPI, proxy: Proxy) -> Server:
    import uvicorn

    from offkey.web.hasty_server import HastyServer

    config = uvicorn.Config(
        app,
        log_level="warning",
        server_header=False,
        access_log=False,  # addresses may hold a token
        root_path=proxy.root_path,
        proxy_headers=bool(proxy.trusted),
        forwarded_allow_ips=list(proxy.trusted),
        timeout_graceful_shutdown=2 * _LEAVING_S,
    )
    return HastyServer(config, head_s=_HEAD_S, leaving_s=_LEAVING_S)
