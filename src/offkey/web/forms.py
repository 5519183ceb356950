"""Fields of forms. A framework takes an empty field for one that is missing; here they are two things."""

from __future__ import annotations

from fastapi import Request

from offkey.errors import UsageError
from offkey.web.failures import PageError

__all__ = ["form_items", "form_texts", "number_of"]


async def form_items(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form in their order; a PageError if one of them is a file."""
    items = []
    async with request.form() as form:
        for name, value in form.multi_items():
            if not isinstance(value, str):
                raise PageError(400, f"The field {name[:40]!r} of the form must be text, not a file.")
            items.append((name, value))
    return items


async def form_texts(request: Request) -> dict[str, str]:
    """Return the fields of a form by name; of several with one name the last."""
    return dict(await form_items(request))


def number_of(what: str, text: str) -> float | int:
    """Return a number that a person typed, with a comma or a point; a UsageError where it is none."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise UsageError(f"The {what} must be a number. Got {text[:20]!r} instead.") from None
    return int(number) if number.is_integer() else number
