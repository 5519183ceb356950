"""The app of the API, which stands under ``/api``: its routes, its errors in one shape, and its description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.web.failures import PageError, headers_of, of_disk, status_of
from offkey.web.problems import PROBLEM_TYPE, Problem, first_mistake, problem
from offkey.web.security import visitor_of
from offkey.web.tokens import Scope

__all__ = ["PROBLEMS", "create_api", "needs"]

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {PROBLEM_TYPE: {"schema": Problem.model_json_schema()}}}
    for status, description in {
        "400": "The request is not as it must be.",
        "401": "A token is needed.",
        "403": "The token does not allow this, or the request comes from a page of another site.",
        "404": "There is no such thing.",
        "422": "The sound, or the file of a model, cannot be used.",
        "507": "The disk of the server is full, or may not be written to.",
        "503": "The database cannot be reached, or too much is asked for at a time: come again.",
    }.items()
}
"""Answers that every route may give, for its description."""


def needs(scope: Scope) -> Any:
    """Return the dependency of a route on a token with a scope."""

    def check(request: Request) -> None:
        visitor = visitor_of(request)
        if visitor.scope < scope:
            raise PageError(
                403, f"This needs a token of scope {scope.name}: that of {visitor.name!r} has {visitor.scope.name}."
            )

    return Depends(check)


def create_api(routers: Sequence[APIRouter], *, title: str) -> FastAPI:
    """Make the app of the API; its description stands at ``/openapi.json``."""
    api = FastAPI(
        title=title,
        version=__version__,
        description="Anomaly scores of machine sound. Errors have the form of RFC 9457.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    for router in routers:
        api.include_router(router)
    _add_problems(api, routers)
    return api


def _add_problems(api: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Answer every error in one shape."""
    handlers: dict[type[Exception], Callable[[Any], JSONResponse]] = {
        OffkeyError: lambda error: problem(status_of(error), str(error), headers_of(error)),
        OSError: lambda error: problem(507, str(of_disk(error))),
        RequestValidationError: lambda error: problem(400, first_mistake(error)),
        Exception: lambda _: problem(500, "Something went wrong in offkey itself; the terminal it runs in says what."),
    }
    for kind, answer in handlers.items():
        api.add_exception_handler(kind, _handler(answer))

    @api.exception_handler(HTTPException)
    def by_the_framework(request: Request, error: HTTPException) -> JSONResponse:
        headers, sentence = dict(error.headers or {}), str(error.detail)
        if error.status_code == 404:
            sentence = "There is no such address: /api/openapi.json lists those that are."
        if error.status_code == 405:  # the framework names the methods of the first route of the address alone
            headers["Allow"] = ", ".join(sorted(_methods(routers, request)))
            sentence = f"This address takes another method: {headers['Allow']}, not {request.method}."
        return problem(error.status_code, sentence, headers)


def _methods(routers: Sequence[APIRouter], request: Request) -> set[str]:
    """Return the methods that the address of a request takes."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return {method for one in routes if one.matches(request.scope)[0] is not Match.NONE for method in one.methods or ()}


def _handler(answer: Callable[[Any], JSONResponse]) -> Callable[[Request, Exception], JSONResponse]:
    return lambda _, error: answer(error)
