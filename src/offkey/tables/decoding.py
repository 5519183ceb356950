"""The text of a file in whichever encoding people's programs wrote it."""

from __future__ import annotations

import codecs
from os import PathLike
from pathlib import Path

from offkey.errors import DataError

__all__ = ["read_text"]

_MARKS = (  # the longer ones first: that of UTF-32 begins like that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_text(path: str | PathLike[str], what: str, *, official: bool = False) -> str:
    """Read a text file in UTF-8, UTF-16 or Windows-1252.

    `what`: what an error message calls it: ``"score file"``.
    `official`: whether only UTF-8 will do.
    Returns: the text without a byte-order mark, line ends as they are. Bytes that no encoding explains stand in it as
        Python keeps them in file names (surrogates).
    """
    try:
        content = Path(path).read_bytes()
    except IsADirectoryError as error:
        raise DataError(f"The {what} {path} is a folder: name a file in it.") from error
    except OSError as error:
        raise DataError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a name with a NUL byte
        raise DataError(f"The {what} {str(path)!r} cannot be read: {error}.") from error
    if content.startswith(_WORKBOOKS):
        raise DataError(f"The {what} {path} is a workbook or an archive: save it as CSV (UTF-8) and give that file.")
    mark = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    try:
        if mark or official:
            return content.decode("utf-8" if mark is None else mark)
    except UnicodeDecodeError as error:
        raise DataError(f"The {what} {path} is no CSV file in UTF-8: {error}.") from error
    if (wide := _utf16(content)) is not None:
        return wide
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "surrogateescape")


def _utf16(content: bytes) -> str | None:
    """Return the text of UTF-16 without a mark, whose Latin letters have a zero byte each; None if it is none."""
    pairs = len(content) // 2
    if not pairs or len(content) % 2:
        return None
    for zeros, letters, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        if content[zeros::2].count(0) > pairs / 2 and content[letters::2].count(0) == 0:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None
