"""Who may ask for what: host names, a token, writes from our own pages alone, and what a page may load.

A page on another site can make a browser send requests to this computer. Three things keep it out: only
known host names are answered (against DNS rebinding, where a name of the attacker's suddenly leads here);
what changes something must come from a page of the same origin; and on addresses that others reach, a
token is asked for. See OWASP, "Cross-Site Request Forgery Prevention Cheat Sheet", sections on Fetch
Metadata and on verifying the origin.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "Guard", "GuardMiddleware", "is_loopback"]

COOKIE = "offkey_token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Guard:
    """What is asked of a request.

    Parameters
    ----------
    hosts : collection of str, optional
        Host names that are answered; None for all, which only a token makes safe.
    token : str, optional
        What a visitor must know; None where only this computer can reach us.
    """

    hosts: Collection[str] | None = _LOOPBACK_NAMES
    token: str | None = None

    def refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that may not pass, None if it may."""
        if self.hosts is not None and _host_name(request.headers.get("host", "")) not in self.hosts:
            return _refuse(421, "This host name is not served: open the address that 'offkey explore' printed.")
        if self.token is not None:
            answer = self._ask(request, self.token)
            if answer is not None:
                return answer
        if request.method not in _READING and not _from_our_pages(request):
            return _refuse(403, "Changes are taken only from the pages of this app itself.")
        return None

    def _ask(self, request: Request, token: str) -> Response | None:
        given = request.query_params.get("token")
        if given is not None and _same(given, token):
            rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
            answer = RedirectResponse(request.url.path + (f"?{urlencode(rest)}" if rest else ""), 303)
            answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", path="/")
            return answer
        if _same(request.cookies.get(COOKIE, ""), token):
            return None
        return _refuse(401, "A token is needed: open the whole address that 'offkey explore' printed.")


class GuardMiddleware:
    """Puts a guard before an app, and the rules for what a page may load on every answer.

    Parameters
    ----------
    app : ASGIApp
        The app.
    guard : Guard
        What is asked of a request.
    """

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self.guard.refusal(Request(scope))
        await (refusal or self.app)(scope, receive, send_with_headers)


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is reached from this computer alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host_name(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _from_our_pages(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""
    return request.headers.get("sec-fetch-site") == "same-origin"


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())


def _refuse(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)
