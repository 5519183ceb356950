"""Options that list the values of a parameter: NAME=V1,V2,..."""

from __future__ import annotations

import json
from typing import Any

from offkey.errors import UsageError

__all__ = ["values_of"]

_OPENING, _CLOSING = "[{", "]}"


def values_of(option: str, texts: list[str]) -> dict[str, list[Any]]:
    """Read a repeated option NAME=V1,V2,... into values by name.

    A value is JSON (4, 0.5, true, null, [1, 0.5], "a,b") or else text; commas inside brackets or quotes belong to the
    value.
    """
    values: dict[str, list[Any]] = {}
    for text in texts:
        name, equals, listed = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"The option {option} must have the form NAME=V1,V2,... Got {text!r} instead.")
        if name in values:
            raise UsageError(f"The option {option} lists {name!r} twice: name all its values in one, {name}=V1,V2,...")
        pieces = _split(listed)
        if pieces is None:
            raise UsageError(f"The option {option} has a bracket or quote that is not closed: {text!r}.")
        if not all(pieces):
            raise UsageError(f"The option {option} has an empty value in {text!r}: expected NAME=V1,V2,...")
        values[name] = [_value(piece) for piece in pieces]
    return values


def _split(text: str) -> list[str] | None:
    """Split at the commas outside brackets and quotes; None if one of these stays open."""
    pieces, depth, quoted, escaped = [""], 0, False, False
    for letter in text:
        if letter == '"' and not escaped:
            quoted = not quoted
        escaped = quoted and letter == "\\" and not escaped
        if not quoted:
            depth += (letter in _OPENING) - (letter in _CLOSING)
            if letter == "," and depth == 0:
                pieces.append("")
                continue
        pieces[-1] += letter
    return None if quoted or depth else [piece.strip() for piece in pieces]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
