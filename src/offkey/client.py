"""A client of ``offkey serve``, which needs nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from offkey.errors import OffkeyError, UsageError

__all__ = ["Client"]


def __dir__() -> list[str]:
    return __all__


class Client:
    """Asks a server for scores, over HTTP.

    Parameters
    ----------
    address : str
        Of the server, such as ``"http://127.0.0.1:8002"``; a path before ``/api``, as behind a proxy, may follow.
    token : str, optional
        Of ``offkey token add``, where the server asks for one.
    timeout_s : float, default 60
        How long an answer may take, in seconds.

    Raises
    ------
    UsageError
        If the address is none.

    Examples
    --------
    >>> from offkey.client import Client
    >>> client = Client("http://127.0.0.1:8002")
    >>> client.score("pump7", "today.wav")["anomalous"]  # doctest: +SKIP
    True
    """

    def __init__(self, address: str, token: str | None = None, *, timeout_s: float = 60.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"An address begins with http:// or https:// and a host. Got {address!r} instead.")
        self._parts, self._timeout_s = parts, timeout_s
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def models(self) -> list[dict[str, Any]]:
        """Return the models that are served: `name`, `rate`, `window_s`, `threshold` and others.

        Raises
        ------
        OffkeyError
            If the server cannot be reached, or refuses.
        """
        return list(json.loads(self._whole("GET", "/models")))

    def score(self, model: str, clip: str | Path | bytes, *, explain: bool = False) -> dict[str, Any]:
        """Score a clip.

        Parameters
        ----------
        model : str
            Name of the model.
        clip : path or bytes
            A sound file, or its content.
        explain : bool, default False
            Whether to say why the clip has its score.

        Returns
        -------
        dict
            `rows` (one, or one per window of a long clip), `anomalous`, `threshold`, `false_alarm_rate` and
            `explanation`.

        Raises
        ------
        OffkeyError
            If the file cannot be read, or the server cannot be reached, or refuses.
        """
        query = {"explain": str(explain).lower()}
        if isinstance(clip, bytes):
            content = clip
        else:
            query["called"], content = Path(clip).name, _content(Path(clip))
        path = f"/models/{quote(model, safe='')}/score?{urlencode(query)}"
        return dict(json.loads(self._whole("POST", path, content)))

    def stream(
        self, model: str, blocks: Iterable[bytes], *, rate: int, channels: int = 1, hop_s: float | None = None
    ) -> Iterator[dict[str, Any]]:
        """Score a stream while it comes.

        Parameters
        ----------
        model : str
            Name of the model.
        blocks : iterable of bytes
            Signed samples of 16 bits, little-endian, channels interleaved, in pieces of any size.
        rate : int
            Sampling rate in Hz.
        channels : int, default 1
            How many are interleaved.
        hop_s : float, optional
            Seconds from one window to the next; by default as the model has it.

        Yields
        ------
        dict
            `start_s`, `end_s`, `score`, `p_value`, `anomalous` and `error` of each window, as soon as it is whole.

        Raises
        ------
        OffkeyError
            If the server cannot be reached, or refuses.
        """
        query = {"rate": rate, "channels": channels} | ({} if hop_s is None else {"hop_s": hop_s})
        connection = self._connection()
        path = f"{self._parts.path.rstrip('/')}/api/models/{quote(model, safe='')}/stream?{urlencode(query)}"
        try:
            connection.putrequest("POST", path)
            for name, value in {**self._headers, "Transfer-Encoding": "chunked"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            Thread(target=_send, args=(connection, blocks), daemon=True).start()
            answer = connection.getresponse()
            _check(answer)
            for line in answer:
                yield json.loads(line)
        except (OSError, http.client.HTTPException) as error:
            raise OffkeyError(f"The server {self._parts.netloc} broke off: {error}.") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._timeout_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._timeout_s)

    def _whole(self, method: str, path: str, body: bytes | None = None) -> bytes:
        connection = self._connection()
        try:
            connection.request(method, f"{self._parts.path.rstrip('/')}/api{path}", body, self._headers)
            answer = connection.getresponse()
            _check(answer)
            return answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise OffkeyError(f"The server {self._parts.netloc} cannot be reached: {error}.") from error
        finally:
            connection.close()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OffkeyError(f"The clip {path} cannot be read: {error.strerror or error}.") from error


def _send(connection: http.client.HTTPConnection, blocks: Iterable[bytes]) -> None:
    """Send blocks as chunks; where the server has ended, nobody takes them any more."""
    try:
        for block in blocks:
            if block:
                connection.send(b"%x\r\n%b\r\n" % (len(block), block))
        connection.send(b"0\r\n\r\n")
    except (OSError, http.client.HTTPException):
        return


def _check(answer: http.client.HTTPResponse) -> None:
    """Raise what a server says is wrong."""
    if answer.status < 400:
        return
    content = answer.read()
    try:
        detail = str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        detail = f"The server answered {answer.status} {answer.reason}."
    raise OffkeyError(detail)
