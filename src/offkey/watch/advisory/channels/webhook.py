"""Webhooks: alerts as signed JSON over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from offkey._version import __version__
from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError, Site, as_json
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import WebhookSettings
from offkey.watch.clock import REAL

__all__ = ["WebhookChannel", "signature"]

_AGAIN = frozenset({408, 429})  # besides all from 500 on


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body: HMAC-SHA256 over ``timestamp.body``, in hex after ``sha256=``.

    Parameters
    ----------
    secret : str
        The key that sender and receiver share.
    timestamp : str
        Whole seconds since 1970 UTC, as in the header ``Offkey-Timestamp``.
    body : bytes
        What is sent.
    """
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class WebhookChannel(Channel):
    """Posts each alert to an address; a redirection is not followed, since the signature was meant for one receiver.

    A try that fails is repeated for seven days where no connection was made, or the answer was 408, 429 or 500 and
    more; ``Retry-After`` is kept to. Any other answer than success ends the tries.

    Parameters
    ----------
    settings : WebhookSettings
        Where and how.
    site : Site
        The plant.
    utc : callable, optional
        The time in seconds since 1970 UTC.
    """

    def __init__(self, settings: WebhookSettings, site: Site, utc: Callable[[], float] = REAL.utc) -> None:
        self._settings, self._utc = settings, utc
        self._secret = settings.secret.read(site.folder)
        parts = urlsplit(settings.url)
        self._host, self._port, self._tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def send(self, alert: Alert) -> str:
        """Post an alert."""
        body, timestamp = as_json(alert), str(int(self._utc()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"offkey/{__version__}",
            "Idempotency-Key": alert.key,
            "Offkey-Timestamp": timestamp,
            "Offkey-Signature": signature(self._secret, timestamp, body),
        }
        try:
            with closing(self._connection()) as connection:
                connection.request("POST", self._target, body, headers)
                with connection.getresponse() as answer:
                    return self._judge(answer)
        except (OSError, HTTPException) as error:
            raise LaterError(f"{self._host} gave no answer: {error or type(error).__name__}.") from error

    def check(self) -> str:
        """Connect, and send nothing."""
        try:
            with closing(self._connection()) as connection:
                connection.connect()
        except OSError as error:
            raise LaterError(f"{self._host} cannot be reached: {error}.") from error
        return f"{self._host} can be reached"

    def _connection(self) -> HTTPConnection:
        timeout = self._settings.timeout_s
        if self._tls:
            return HTTPSConnection(self._host, self._port, timeout=timeout, context=ssl.create_default_context())
        return HTTPConnection(self._host, self._port, timeout=timeout)

    def _judge(self, answer: HTTPResponse) -> str:
        status = answer.status
        if 200 <= status < 300:
            return f"{self._host} answered {status}"
        if status in _AGAIN or status >= 500:
            after_s = self._pause_s(answer.getheader("Retry-After"))
            raise LaterError(f"{self._host} answered {status}.", after_s)
        why = "a redirection, which is not followed" if 300 <= status < 400 else "which no further try would change"
        raise RefusedError(f"{self._host} answered {status}, {why}.")

    def _pause_s(self, header: str | None) -> float:
        """Return the seconds that a receiver wants to be left alone: a number, or a date (RFC 9110, 10.2.3)."""
        if header is None:
            return 0.0
        if header.strip().isdecimal():
            return float(min(int(header), 86_400))
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(0.0, (until - datetime.fromtimestamp(self._utc(), UTC)).total_seconds()), 86_400.0)
