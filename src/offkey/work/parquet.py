"""Tables as sealed Parquet files, which any other reader reads as well.

The seal stands before the footer, among the bytes that the footer points to, and where it points to nothing (Apache
Parquet, "File format": ``PAR1``, column chunks, footer, length of the footer in 4 bytes, ``PAR1``).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from offkey.work.seals import SEAL_BYTES, seal_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["parquet", "read_parquet"]

_MAGIC = b"PAR1"
_TAIL = 8


def parquet(table: pl.DataFrame, name: str) -> bytes:
    """Return a table as the bytes of a Parquet file that is to be kept under a name."""
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False)
    content = buffer.getvalue()
    footer = _footer(content)
    return content[:footer] + seal_of(name, content) + content[footer:]


def read_parquet(
    content: bytes, name: str, schema: Mapping[str, Any] | None = None, columns: list[str] | None = None
) -> pl.DataFrame:
    """Return the table of a file that was kept under a name; a ValueError says what is wrong with it."""
    from offkey.tables.polars_extra import pl

    footer = _footer(content)
    whole = content[: max(0, footer - SEAL_BYTES)] + content[footer:]
    if content[max(0, footer - SEAL_BYTES) : footer] != seal_of(name, whole):
        raise ValueError("it is damaged, or a part of something else")
    try:
        if schema is not None and pl.read_parquet_schema(io.BytesIO(content)) != schema:
            raise ValueError("it has other columns")
        return pl.read_parquet(io.BytesIO(content), columns=columns)
    except pl.exceptions.PolarsError as error:
        raise ValueError(str(error)) from error


def _footer(content: bytes) -> int:
    """Return where the footer begins."""
    begin = len(content) - _TAIL - int.from_bytes(content[-_TAIL:-4], "little")
    if content[-4:] != _MAGIC or begin < len(_MAGIC):
        raise ValueError("it is no Parquet file, or truncated")
    return begin
