"""Serving the app on an address of this computer."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from fastapi import FastAPI

from offkey.errors import OffkeyError
from offkey.web.security import Guard, is_loopback
from offkey.web.tokens import Tokens

if TYPE_CHECKING:
    from uvicorn import Server

__all__ = ["guard_for", "listen", "serve", "served"]


def guard_for(host: str, tokens: Tokens | None = None, *, programs: bool = False) -> Guard:
    """Return the guard for an address: only on a loopback address no token is needed, unless a file names some.

    `programs`: whether changes are taken from programs beside browsers.
    """
    guard = Guard(tokens=tokens, programs=programs)
    if is_loopback(host):
        return guard
    return replace(guard, hosts=None, token=secrets.token_urlsafe(16) if tokens is None else None)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; port 0 is any free one."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise OffkeyError(f"The address {host} is not known: {error.strerror or error}.") from error
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise OffkeyError(
            f"Port {port} of {host} cannot be opened ({error.strerror or error}): choose another with --port."
        ) from error
    return opened


def serve(app: FastAPI, opened: socket.socket, *, host: str, guard: Guard, announce: Callable[[str], None]) -> None:
    """Serve until interrupted; `announce` gets the link, with the guard's token, once pages are answered."""
    announce(_link(opened, host, guard))
    _server(app).run(sockets=[opened])


@contextmanager
def served(
    app: FastAPI, opened: socket.socket, *, host: str, guard: Guard, announce: Callable[[str], None]
) -> Iterator[None]:
    """Serve in a thread while the block runs, which signals do not reach; `announce` as in `serve`."""
    server = _server(app)
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


def _server(app: FastAPI) -> Server:
    import uvicorn

    return uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False))
