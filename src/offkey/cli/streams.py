"""Standard output and error as the commands need them, whatever the terminal, the locale and the disk."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from offkey.errors import OffkeyError

__all__ = ["abandon_output", "printable", "standard_streams"]

_SEEN = {ord(letter): None for letter in "\n\t"}
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in _SEEN}
_VISIBLE |= {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)}  # bytes of names that are not UTF-8


def printable(text: str) -> str:
    """Return text that a terminal only shows: control characters but tab and line feed, and odd bytes, are escapes."""
    return text.translate(_VISIBLE)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Make standard output UTF-8, and its errors sentences; keep standard error from raising any.

    Where a stream is closed, the null device takes its number, so that no other file gets it.
    """
    _occupy_closed_numbers()
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", _Output(sys.stdout))
    sys.stderr = _errors(sys.stderr)
    try:
        yield
    finally:
        with suppress(OffkeyError, OSError):
            sys.stdout.flush()
        if sys.stderr is not before[1]:
            sys.stderr.close()
        sys.stdout, sys.stderr = before


def abandon_output() -> None:
    """Let standard output lead nowhere, so that what it still holds makes no error when the program ends."""
    with suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


class _Output:
    """Standard output; what goes wrong with it is a sentence."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._there(), name)

    def write(self, text: str) -> int:
        with _in_a_sentence():
            return self._there().write(text)

    def flush(self) -> None:
        if self._stream is not None:
            with _in_a_sentence():
                self._stream.flush()

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    @property
    def encoding(self) -> str:
        return "utf-8" if self._stream is None else self._stream.encoding

    def _there(self) -> TextIO:
        if self._stream is None:
            raise OffkeyError("Standard output is closed: let it lead somewhere, or name a file with --out.")
        return self._stream


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_output()
        raise OffkeyError(f"Standard output cannot be written: {error.strerror or error}.") from error


def _errors(stream: TextIO | None) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _occupy_closed_numbers() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
