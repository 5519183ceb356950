"""Ports of this computer for servers that take a number alone."""

from __future__ import annotations

import socket
import sys

__all__ = ["free_port"]

_HELD: list[socket.socket] = []


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on.

    On Linux the system gives it to no other program until this one ends: a socket that does not listen holds it, beside
    which a server that reuses addresses can listen. Elsewhere such a server would be refused, so nothing holds it.
    """
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    opened.bind(("127.0.0.1", 0))
    port = int(opened.getsockname()[1])
    if sys.platform == "linux":
        _HELD.append(opened)
    else:
        opened.close()
    return port
