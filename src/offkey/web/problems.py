"""Errors for programs, in one shape: problem details for HTTP APIs (RFC 9457)."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

__all__ = ["API", "PROBLEM_TYPE", "Problem", "first_mistake", "problem"]

API = "/api"
"""The path under which all answers are for programs."""

PROBLEM_TYPE = "application/problem+json"
"""Media type of an error."""


class Problem(BaseModel):
    """An error, in the form of RFC 9457."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["pump.wav is silent: every sample is 0. Check the microphone."])


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer for an error."""
    content = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(content.model_dump(), status, dict(headers or {}), media_type=PROBLEM_TYPE)


def first_mistake(error: RequestValidationError) -> str:
    """Return what is wrong with a request in a sentence: where, what was expected, and what was found.

    Of several mistakes it is the first.
    """
    first = error.errors()[0]
    where, *place = first["loc"]
    if first["type"] == "json_invalid":
        return f"The body is no JSON, at character {place[0]}: {first['ctx']['error']}."
    if where == "body" and not place:
        return "The body is not as expected: send a JSON object, with the header 'Content-Type: application/json'."
    name = f"The value of {'.'.join(map(str, place))!r} {_PLACES.get(str(where), f'of the {where}')}"
    if first["type"] == "missing":
        return f"{name} is missing."
    return f"{name} is not as expected: {first['msg']}. Found {_FOUND.repr(first['input'])}."


_PLACES = {"path": "in the address", "query": "in the address", "body": "of the body or form"}
_FOUND = reprlib.Repr()
_FOUND.maxstring = _FOUND.maxother = _FOUND.maxlong = 60
