"""Errors for programs, in one shape: problem details for HTTP APIs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

__all__ = ["API", "PROBLEM_TYPE", "Problem", "problem"]

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
