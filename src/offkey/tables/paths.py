r"""Paths as text that can be written anywhere, and back again.

Most names are UTF-8 and stay as they are. A byte that is not UTF-8 becomes ``\x83``, and in such a name a backslash is
doubled, so that each name has its own text; blanks at the ends of a path, which readers of tables take away, become
``\x20``. A file whose name is the text itself comes first where both exist.
"""

from __future__ import annotations

import os
import re
from os import PathLike
from pathlib import Path

__all__ = ["is_unicode", "path_of", "path_parts", "path_text"]

_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-f]{2}))")
_ESCAPED = re.compile(r"\\x[0-289a-f][0-9a-f]")  # no path of Windows, unless by an odd name
_PART = re.compile(r"[^/\\]+")
_PART_WITH_ESCAPES = re.compile(r"(?:\\\\|\\x[0-9a-f]{2}|[^/\\])+")


def path_text(path: str | PathLike[str]) -> str:
    """Return a path as text that can be written anywhere."""
    text = os.fspath(path)
    if text == text.strip() and is_unicode(text):
        return text
    inner = text.strip()
    before = len(text) - len(text.lstrip())
    ends = (text[:before], text[before + len(inner) :])
    left, right = ("".join(f"\\x{byte:02x}" for byte in end.encode()) for end in ends)
    return left + _escaped(inner.replace("\\", "\\\\")) + right


def path_of(text: str | PathLike[str]) -> Path:
    """Return the path that a text names: itself if there is such a file, else the one whose `path_text` it is.

    Returns: the path; the text itself where neither exists.
    """
    path, given = Path(text), os.fspath(text)
    if "\\" not in given or os.path.lexists(given):
        return path
    named = os.fsdecode(_ESCAPE.sub(_unescaped, _bytes(given)))
    return Path(named) if "\0" not in named and os.path.lexists(named) else path


def path_parts(text: str | PathLike[str]) -> list[str]:
    """Return the folders and the name that a text names, as of any system.

    `text`: with slashes or backslashes; a backslash of an escape of `path_text` is none.
    Returns: without empty parts and ``.``.
    """
    given = path_text(text)
    parts = (_PART_WITH_ESCAPES if _ESCAPED.search(given) else _PART).findall(given)
    return [part for part in parts if part != "."]


def is_unicode(text: str) -> bool:
    """Tell whether text holds whole characters alone, and no bytes as Python keeps them in file names."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _escaped(text: str) -> str:
    return _bytes(text).decode("utf-8", "backslashreplace")


def _bytes(text: str) -> bytes:
    """Return the bytes of a name; what can be in none (half a UTF-16 pair) as an escape."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return escape[1] or bytes([int(escape[2], 16)])
