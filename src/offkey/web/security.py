"""The guard of the web app: host names, a token, writes from our own pages alone, and limits on what a page loads.

A page on another site can make a browser send requests to this computer. Three things keep it out: only
known host names are answered (against DNS rebinding, where a name of the attacker's suddenly leads here);
what changes something must come from a page of the same origin; and on addresses that others reach, a
token is asked for. What is sent over a WebSocket counts as a change: a browser lets pages of any site open one, and
the answer is open to them. See OWASP, "Cross-Site Request Forgery Prevention Cheat Sheet", sections on Fetch
Metadata and on verifying the origin, and "WebSocket Security Cheat Sheet".
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from offkey.web.problems import API, problem
from offkey.web.tokens import Scope as Permissions
from offkey.web.tokens import Tokens, Visitor

__all__ = ["Guard", "GuardMiddleware", "cookie_name", "is_loopback", "visitor_of"]

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_VISITOR = "offkey.visitor"  # key of the scope of a request
_OWNER = Visitor("", Permissions.admin)
_NOBODY = Visitor("", Permissions.none)
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
        "manifest-src 'self'",
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
    """The rules by which requests are answered."""

    hosts: Collection[str] | None = _LOOPBACK_NAMES  # host names; None for all, which only a token makes safe
    token: str | None = None  # secret of the owner; None where only this computer can reach the server, or by `tokens`
    tokens: Tokens | None = None  # of further visitors and programs, with what each may do
    programs: bool = False  # whether changes are taken from programs, which send neither origin nor site

    def refusal(self, request: HTTPConnection) -> Response | None:
        """Return the answer to a request, or to one for a WebSocket, that may not pass; None if it may."""
        host = _host_name(request.headers.get("host", ""))
        if not host or (self.hosts is not None and host not in self.hosts):
            return _refuse(421, "This host name is not served: open the address that offkey printed.")
        request.scope[_VISITOR] = _OWNER
        if self.token is not None or self.tokens is not None:
            answer = self._ask_for_token(request)
            if answer is not None:
                return answer
        if request.scope.get("method") not in _READING and not self._may_change(request):
            return _refuse(403, "Changes are taken only from the pages of this app itself.")
        return None

    def _ask_for_token(self, request: HTTPConnection) -> Response | None:
        """Find out who asks; a token in the address becomes a cookie."""
        bearer = request.headers.get("authorization", "").partition(" ")
        if bearer[0].lower() == "bearer":
            return self._let_in(request, bearer[2].strip())
        offered, cookie = request.query_params.get("token", ""), cookie_name(request)
        if not offered:
            return self._let_in(request, request.cookies.get(cookie, ""))
        refusal = self._let_in(request, offered)
        if refusal is not None or request.scope["type"] == "websocket":  # which no redirection leads on
            return refusal
        params = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
        path = "/" + request.url.path.lstrip("/")  # two slashes would lead to another host
        answer = RedirectResponse(path + (f"?{urlencode(params)}" if params else ""), 303)
        answer.set_cookie(
            cookie,
            offered,
            httponly=True,
            samesite="lax",
            secure=request.scope.get("scheme") in ("https", "wss"),
            path=request.scope.get("root_path") or "/",
        )
        return answer

    def _let_in(self, request: HTTPConnection, offered: str) -> Response | None:
        """Note whose token it is; refuse where it is nobody's."""
        found = _OWNER if self.token is not None and _same(offered, self.token) else None
        if found is None and self.tokens is not None and offered:
            found = self.tokens.find(offered)
        if found is None:
            sentence = (
                "A token is needed: open the whole address that offkey printed, or send it as 'Authorization: Bearer'."
            )
            return _refuse(401, sentence, {"WWW-Authenticate": "Bearer"})
        request.scope[_VISITOR] = found
        return None

    def _may_change(self, request: HTTPConnection) -> bool:
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        return _from_our_pages(request) or (self.programs and origin is None and site is None)


class GuardMiddleware:
    """Checks requests by a guard, and adds the rules for what a page may load to every answer."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self.guard.refusal(HTTPConnection(scope))
        if (
            refusal is not None
            and refusal.status_code >= 400
            and scope["path"].removeprefix(scope.get("root_path", "")).startswith(f"{API}/")
        ):
            refusal = problem(refusal.status_code, bytes(refusal.body).decode(), _challenge(refusal))
        if refusal is not None and scope["type"] == "websocket" and not _can_say_why(scope):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": ""})
            return
        await (refusal or self.app)(scope, receive, send_with_headers)


def visitor_of(request: HTTPConnection) -> Visitor:
    """Return who asks, as the guard found; nobody may read where no guard stands before the app."""
    return request.scope.get(_VISITOR, _NOBODY)  # type: ignore[no-any-return]


def cookie_name(request: HTTPConnection, what: str = "token") -> str:
    """Return the name of the cookie with the token, or with something else; it holds the port that the browser sees.

    Browsers keep cookies by host alone, so that apps on two ports would otherwise write over each other's.
    """
    port = urlsplit(f"//{request.headers.get('host', '')}").port
    return f"offkey_{what}_{port or (443 if request.scope.get('scheme') in ('https', 'wss') else 80)}"


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is reached from this computer alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host_name(header: str) -> str:
    """Return the name in a header ``Host``, empty if it is none, or the port no port."""
    try:
        parts = urlsplit(f"//{header}")
        return (parts.hostname or "").lower() if parts.netloc == header and parts.port != 0 else ""
    except ValueError:
        return ""


def _from_our_pages(request: HTTPConnection) -> bool:
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:
        return False


def _challenge(refusal: Response) -> dict[str, str]:
    name = "www-authenticate"
    return {name: refusal.headers[name]} if name in refusal.headers else {}


def _can_say_why(scope: Scope) -> bool:
    """Tell whether the server can answer a request for a WebSocket by a sentence."""
    return "websocket.http.response" in (scope.get("extensions") or {})


def _same(offered: str, token: str) -> bool:
    return hmac.compare_digest(offered.encode("utf-8", "surrogatepass"), token.encode())


def _refuse(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(sentence, status, headers)
