"""Pages for errors: one clear sentence, with the right status."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from offkey.errors import AudioError, DataError, ModelFileError, OffkeyError, UnknownNameError, UsageError
from offkey.watch.store.away import DatabaseAwayError
from offkey.web.problems import first_mistake
from offkey.web.rendering import Renderer

__all__ = ["PageError", "add_failure_pages", "headers_of", "of_disk", "status_of"]

_OF_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
_AGAIN = {"Retry-After": "10"}  # seconds
_MEANWHILE = " Machines are listened to all the same: load this page again once the database is back."


class PageError(OffkeyError):
    """A page that cannot be shown, with its HTTP status, one sentence, and headers of the answer."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}


def status_of(error: OffkeyError) -> int:
    """Return the HTTP status of an error."""
    if isinstance(error, PageError):
        return error.status
    statuses: dict[type[OffkeyError], int] = {
        AudioError: 422,
        UnknownNameError: 404,
        UsageError: 400,
        DataError: 400,
        ModelFileError: 422,
        DatabaseAwayError: 503,
    }
    otherwise = 507 if _is_of_disk(error.__cause__) else 500
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), otherwise)


def of_disk(error: OSError) -> PageError:
    """Return what to answer where the disk refuses something; an error of another kind is raised again."""
    if not _is_of_disk(error):
        raise error
    return PageError(
        507,
        f"The disk of the server refuses this ({error.strerror or error}): make room, or let it write to its folders.",
    )


def _is_of_disk(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _OF_DISK


def headers_of(error: OffkeyError) -> Mapping[str, str]:
    """Return the headers of the answer to an error: those of a `PageError`, and when to come again."""
    if isinstance(error, PageError):
        return error.headers
    return _AGAIN if isinstance(error, DatabaseAwayError) else {}


def add_failure_pages(app: FastAPI, render: Renderer) -> None:
    """Answer every error with a page, or with a sentence where only a part of a page was asked for."""

    def page(request: Request, status: int, sentence: str) -> Response:
        if request.method == "HEAD" or not _wants_page(request):
            return Response(sentence, status, media_type="text/plain; charset=utf-8")
        title = HTTPStatus(status).phrase
        return render(request, "failure.html", {"title": title, "sentence": sentence}, status=status)

    @app.exception_handler(OffkeyError)
    def known(request: Request, error: OffkeyError) -> Response:
        answer = page(request, status_of(error), f"{error}{_MEANWHILE if isinstance(error, DatabaseAwayError) else ''}")
        answer.headers.update(headers_of(error))
        return answer

    @app.exception_handler(OSError)
    def refused_by_disk(request: Request, error: OSError) -> Response:
        return known(request, of_disk(error))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        return page(request, 400, first_mistake(error))

    @app.exception_handler(HTTPException)
    def by_the_framework(request: Request, error: HTTPException) -> Response:
        sentences = {404: "There is no such page.", 405: "This address cannot be used in that way."}
        return page(request, error.status_code, sentences.get(error.status_code, str(error.detail)))

    @app.exception_handler(Exception)  # the server logs it as well
    def unknown(request: Request, error: Exception) -> Response:
        return page(request, 500, "Something went wrong in offkey itself; the terminal it runs in says what.")


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers
