"""A client of ``offkey serve`` and ``offkey watch``; needs the standard library alone."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any, Literal, cast
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from offkey.client_answers import ClipScores, Done, Event, MachineState, ModelFacts, StreamRow
from offkey.errors import OffkeyError, UsageError

__all__ = ["Client"]


def __dir__() -> list[str]:
    return __all__


class Client:
    """A client that gets scores from a server and events from a monitor over HTTP.

    Methods raise `OffkeyError` if the server refuses a request or cannot be reached.

    Parameters
    ----------
    address : str
        Address of the server, such as ``"http://127.0.0.1:8002"``, with the path before ``/api`` if a proxy adds one.
    token : str, optional
        Token made by ``offkey token add``. Needed only if the server requires one.
    timeout_s : float, default 60
        Longest time to wait for an answer, in seconds.

    Raises
    ------
    UsageError
        If the address is not an HTTP address.

    Examples
    --------
    >>> from offkey.client import Client
    >>> client = Client("http://127.0.0.1:8002")
    >>> client.score("pump7", "today.wav")["anomalous"]  # doctest: +SKIP
    True
    """

    def __init__(self, address: str, token: str | None = None, *, timeout_s: float = 60.0) -> None:
        self._parts, self._timeout_s = _parts(address), timeout_s
        self._server = self._parts.netloc.rpartition("@")[2]  # without a name and a password
        if token is not None and not (token.isascii() and token.isprintable()):
            raise UsageError("A token is one line of plain letters, digits and signs, as 'offkey token add' prints it.")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def models(self) -> list[ModelFacts]:
        """Return the models that are served."""
        return cast("list[ModelFacts]", self._answer("GET", "/models"))

    def score(self, model: str, clip: str | Path | bytes, *, explain: bool = False) -> ClipScores:
        """Score a clip.

        Parameters
        ----------
        model : str
            Name of the model.
        clip : path or bytes
            A sound file, or its content.
        explain : bool, default False
            Whether to explain the score.

        Returns
        -------
        ClipScores
            Among others `rows` (one, or one per window of a long clip), `anomalous` and `threshold`.
        """
        query = {"explain": str(explain).lower()}
        if isinstance(clip, bytes):
            content = clip
        else:
            query["called"], content = Path(clip).name, _content(Path(clip))
        path = f"/models/{quote(model, safe='')}/score?{urlencode(query)}"
        return cast("ClipScores", self._answer("POST", path, content))

    def status(self) -> list[MachineState]:
        """Return the state of each machine of a monitor."""
        return cast("list[MachineState]", self._answer("GET", "/status")["machines"])

    def events(self, *, after: int = 0, limit: int = 100) -> list[Event]:
        """Return events, the most recently changed first.

        Parameters
        ----------
        after : int, default 0
            Only events with a higher `seq`, the number of their last change.
        limit : int, default 100
            Largest number of events.
        """
        query = urlencode({"after": after, "limit": limit})
        return cast("list[Event]", self._answer("GET", f"/events?{query}")["events"])

    def review(self, event: str, verdict: Literal["true", "false", "expected"], comment: str = "") -> Done:
        """Review an event; the newest review counts.

        Parameters
        ----------
        event : str
            Identity of the event, or its first letters.
        verdict : {"true", "false", "expected"}
            Whether the machine did sound wrong; "expected" if people knew the cause.
        comment : str, default ""
            Why.
        """
        body = json.dumps({"verdict": verdict, "comment": comment}).encode()
        return cast("Done", self._answer("POST", f"/events/{quote(event, safe='')}/review", body, "application/json"))

    def stream(
        self, model: str, blocks: Iterable[bytes], *, rate: int, channels: int = 1, hop_s: float | None = None
    ) -> Iterator[StreamRow]:
        """Score a stream as it arrives.

        Parameters
        ----------
        model : str
            Name of the model.
        blocks : iterable of bytes
            Signed samples of 16 bits, little-endian, channels interleaved, in pieces of any size.
        rate : int
            Sampling rate in Hz.
        channels : int, default 1
            Number of channels.
        hop_s : float, optional
            Seconds from one window to the next; by default that of the model.

        Yields
        ------
        StreamRow
            The result of each window, as soon as it is complete.
        """
        query = {"rate": rate, "channels": channels} | ({} if hop_s is None else {"hop_s": hop_s})
        connection = self._connection()
        path = f"{self._parts.path.rstrip('/')}/api/models/{quote(model, safe='')}/stream?{urlencode(query)}"
        try:
            connection.putrequest("POST", path)
            for name, value in {**self._headers, "Transfer-Encoding": "chunked"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            Thread(target=_send, args=(connection.sock, blocks), daemon=True).start()
            answer = connection.getresponse()
            _check(answer)
            for line in answer:
                yield self._read(line)
        except (OSError, http.client.HTTPException) as error:
            raise OffkeyError(f"The server {self._server} broke off: {error}.") from error
        finally:
            connection.close()

    def _read(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except ValueError as error:
            raise OffkeyError(
                f"The server {self._server} answered what is no JSON, as another program does, or as one that "
                f"broke off: {content[:60]!r}. Check the address."
            ) from error

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)

    def _answer(self, method: str, path: str, body: bytes | None = None, kind: str = "application/octet-stream") -> Any:
        connection = self._connection()
        try:
            connection.request(
                method, f"{self._parts.path.rstrip('/')}/api{path}", body, {**self._headers, "Content-Type": kind}
            )
            answer = connection.getresponse()
            _check(answer)
            return self._read(answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise OffkeyError(f"The server {self._server} cannot be reached: {error}.") from error
        finally:
            connection.close()


def _parts(address: str) -> SplitResult:
    """Return the parts of the address of a server, or raise a UsageError."""
    with suppress(ValueError):  # of a port or a host that is none
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    raise UsageError(
        f"An address begins with http:// or https:// and a host, and may have a port. Got {address!r} instead."
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OffkeyError(f"The clip {path} cannot be read: {error.strerror or error}.") from error


def _send(sock: socket.socket, blocks: Iterable[bytes]) -> None:
    """Send blocks as chunks until the socket is closed; ``HTTPConnection.send`` would connect anew then."""
    try:
        for block in blocks:
            if block:
                sock.sendall(b"%x\r\n%b\r\n" % (len(block), block))
        sock.sendall(b"0\r\n\r\n")
    except OSError:  # the server has ended, or the caller has
        return


def _check(answer: http.client.HTTPResponse) -> None:
    """Raise what a server says is wrong."""
    if answer.status < 300:
        return
    content = answer.read()
    try:
        detail = str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"The server answered {answer.status} {answer.reason}."
    raise OffkeyError(detail)
