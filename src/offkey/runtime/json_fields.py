"""Values of a JSON object that nobody vouches for, each checked before it is used."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .errors import FolderError

__all__ = ["Fields"]

_MOST_VALUES = 1 << 20  # each of which takes some tens of bytes when it is read
_SHOWN = 60  # characters of a value that is refused


class Fields:
    """The fields of a JSON object.

    Parameters
    ----------
    values : mapping
        As JSON gives it.
    place : str
        The object in a sentence, such as ``"FOLDER/calibration.json"``.
    """

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        self._values, self._place = values, place

    @classmethod
    def parse(cls, content: bytes, place: str) -> Fields:
        """Read a JSON object.

        Parameters
        ----------
        content : bytes
            UTF-8.
        place : str
            As of the class.

        Returns
        -------
        Fields

        Raises
        ------
        FolderError
            If it is no JSON object, or holds more than about a million values.
        """
        if sum(content.count(mark) for mark in b",[{:") > _MOST_VALUES:
            raise FolderError(f"{place} holds more values than any file of its kind: export the model again.")
        try:
            values = json.loads(content)
        except (ValueError, RecursionError) as error:  # ValueError: no UTF-8, no JSON, an endless number
            raise FolderError(f"{place} is no JSON: {error}.") from error
        if not isinstance(values, dict):
            raise FolderError(f"{place} must be a JSON object. Got {_shown(values)} instead.")
        return cls(values, place)

    def number(self, name: str, least: float = -math.inf, most: float = math.inf) -> float:
        """Return a finite number from `least` to `most`."""
        return self._number(name, self._values.get(name), least, most)

    def above(self, name: str, bound: float) -> float:
        """Return a finite number above a bound."""
        value = self.number(name, bound)
        if value <= bound:
            raise self._refusal(name, f"a number above {bound:g}", value)
        return value

    def whole(self, name: str, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._refusal(name, f"a whole number from {least} to {most}", value)
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; where it is missing `default`, if there is one."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise self._refusal(name, "a text", value)
        return value

    def numbers(self, name: str, at_least: int) -> list[float]:
        """Return a list of finite numbers, at least so many."""
        values = self._values.get(name)
        if not isinstance(values, list) or len(values) < at_least:
            raise self._refusal(name, f"a list of {at_least} or more numbers", values)
        return [self._number(name, value, -math.inf, math.inf) for value in values]

    def any(self, name: str) -> Any:
        """Return a value as it is, None where it is missing."""
        return self._values.get(name)

    def fields(self, name: str) -> Fields:
        """Return the fields of an object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._refusal(name, "an object", value)
        return Fields(value, f"'{name}' of {self._place}")

    def _number(self, name: str, value: Any, least: float, most: float) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        try:
            found = float(value) if is_number else math.nan
        except OverflowError:  # a whole number of more than 308 digits
            found = math.nan
        if not (math.isfinite(found) and least <= found <= most):
            bounds = (
                ""
                if least == -math.inf
                else f" of {least:g} or more"
                if most == math.inf
                else f" from {least:g} to {most:g}"
            )
            raise self._refusal(name, f"a finite number{bounds}", value)
        return found

    def _refusal(self, name: str, expected: str, found: Any) -> FolderError:
        return FolderError(f"'{name}' of {self._place} must be {expected}. Got {_shown(found)} instead.")


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    if isinstance(value, int) and abs(value) > 10**_SHOWN:  # whose digits alone would take long
        return "a number of more than 60 digits"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
