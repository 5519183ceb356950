"""A table of a TOML file, whose values are taken out one by one and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from offkey.errors import DataError

__all__ = ["Table"]

T = TypeVar("T", bound=str)

_WORD = re.compile(r"\w[\w-]*", re.ASCII)


class Table:
    """One table of an edition's file.

    `name`: the table, as in ``"[score]"``; empty for the top of the file.
    """

    def __init__(self, path: Path, name: str, values: dict[str, Any]) -> None:
        self.path, self._name, self._values = path, name, dict(values)
        self._known: list[str] = []

    def fault(self, what: str) -> DataError:
        """Return the error that says what is wrong here."""
        return DataError(f"The file {self.path} is no edition: {f'in {self._name} ' if self._name else ''}{what}.")

    def __contains__(self, key: str) -> bool:
        self._known.append(key)
        return key in self._values

    def _take(self, key: str, expected: str, default: Any) -> Any:
        self._known.append(key)
        value = self._values.pop(key, default)
        if value is None:
            raise self.fault(f"{key!r} is missing: expected {expected}")
        return value

    def _expect(self, fits: bool, key: str, expected: str, value: object) -> None:
        if not fits:
            raise self.fault(f"{key!r} must be {expected}; found {value!r:.100}")

    def text(
        self, key: str, default: str | None = None, *, form: str = r"[^\n]*\S", expected: str = "a line of text"
    ) -> str:
        """Take a text of one line, which may have to be of a form."""
        value = self._take(key, expected, default)
        self._expect(isinstance(value, str) and re.fullmatch(form, value, re.ASCII) is not None, key, expected, value)
        return str(value)

    def one_of(self, key: str, choices: Sequence[T], default: T | None = None) -> T:
        """Take one of a few words."""
        expected = f"one of {', '.join(map(repr, choices))}"
        value = self._take(key, expected, default)
        self._expect(value in choices, key, expected, value)
        return choices[choices.index(value)]

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Take a whole number of a range."""
        expected = f"a whole number from {low} to {high}"
        value = self._take(key, expected, default)
        self._expect(type(value) is int and low <= value <= high, key, expected, value)
        return int(value)

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Take a number above `low` and not above `high`."""
        expected = f"a number above {low:g} and up to {high:g}"
        value = self._take(key, expected, default)
        self._expect(type(value) in (int, float) and low < value <= high, key, expected, value)
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """Take true or false."""
        value = self._take(key, "true or false", default)
        self._expect(type(value) is bool, key, "true or false", value)
        return bool(value)

    def words(self, key: str, choices: Sequence[str] | None = None, default: Sequence[str] | None = None) -> list[str]:
        """Take a list of words, each once: names of machines or sections, or some of a few."""
        expected = f"a list of {'names' if choices is None else 'some of ' + ', '.join(choices)}, each once"
        value = self._take(key, expected, None if default is None else list(default))
        fits = isinstance(value, list) and all(
            isinstance(word, str) and (_WORD.fullmatch(word) if choices is None else word in choices) for word in value
        )
        self._expect(fits and len(set(value)) == len(value), key, expected, value)
        return list(value)

    def table(self, key: str, default: dict[str, Any] | None = None) -> Table:
        """Take a table within this one."""
        value = self._take(key, "a table", default)
        self._expect(isinstance(value, dict), key, "a table", value)
        return Table(self.path, f"[{key}] of {self._name}" if self._name else f"[{key}]", value)

    def tables(self, key: str) -> list[Table]:
        """Take a list of tables, which may be missing."""
        value = self._take(key, "tables", [])
        self._expect(isinstance(value, list) and all(isinstance(one, dict) for one in value), key, "tables", value)
        return [Table(self.path, f"[[{key}]] {number}", one) for number, one in enumerate(value, start=1)]

    def rows(self, columns: int, low: float, high: float) -> dict[str, list[Any]]:
        """Take all that is left: under each key so many numbers from `low` to `high`."""
        expected = f"a list of {columns} numbers from {low:g} to {high:g}"
        rows, self._values = self._values, {}
        for key, value in rows.items():
            fits = isinstance(value, list) and len(value) == columns
            fits = fits and all(type(one) in (int, float) and low <= one <= high for one in value)
            self._expect(fits, key, expected, value)
        return rows

    def end(self) -> None:
        """Refuse what was not taken."""
        if self._values:
            raise self.fault(f"there is no key {next(iter(self._values))!r}: expected {', '.join(self._known)}")
