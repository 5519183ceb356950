"""The one table of clips that every reader gives, and its form as a CSV or Parquet file.

A row is a clip. What is not known is null, and every column has one type:

============= ======= =====================================================================
column        type    meaning
============= ======= =====================================================================
file          String  path that opens from the current directory
machine       String  machine type
section       String  section or machine id, without prefix: ``"00"``
domain        String  ``"source"`` or ``"target"``
split         String  ``"train"``, ``"validation"``, ``"test"`` or ``"supplemental"``
label         String  ``"normal"`` or ``"anomaly"``
part          String  ``"dev"``, ``"additional"`` (normal clips of the evaluation machines), ``"eval"``
attributes    String  operating conditions as they stand in the name: ``"vel_6"``
supplement    String  what a supplemental clip holds: ``"machine"`` alone or ``"noise"`` alone
snr_db        Float64 signal-to-noise ratio in dB
channel       Int64   the channel that the official baseline hears, counted from 0
noise_channel Int64   the channel of a microphone that hears the surroundings
proxy         String  what a clip that stands in for an anomaly is instead; null for real ones
============= ======= =====================================================================
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from functools import partial
from os import PathLike
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from offkey.errors import DataError, UsageError
from offkey.files import atomic_binary
from offkey.tables import column_names, label_of, means_no_label, number, path_of, path_text, read_text_table

if TYPE_CHECKING:
    import polars as pl

__all__ = ["COLUMNS", "check_suffix", "make_table", "read_table", "write_table"]

COLUMNS = (
    *("file", "machine", "section", "domain", "split", "label", "part", "attributes", "supplement"),
    *("snr_db", "channel", "noise_channel", "proxy"),
)
"""The columns of a table of clips, in order."""

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_LABELS = ("normal", "anomaly")
_ALLOWED = {
    "split": ("train", "validation", "test", "supplemental"),
    "part": ("dev", "additional", "eval"),
}
_MOST_SHOWN = 200  # letters of a cell in a message


def make_table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Make a table from rows that name any of the columns.

    Parameters
    ----------
    rows : iterable of mapping
        Values by column; missing columns become null, unknown ones are dropped.

    Returns
    -------
    polars.DataFrame
        With all of `COLUMNS`, in the order of the rows.

    Examples
    --------
    >>> from offkey.datasets import make_table
    >>> make_table([{"file": "a.wav", "machine": "fan", "label": "normal"}])["label"].to_list()
    ['normal']
    """
    from offkey.tables.polars_extra import pl

    whole = list(rows)
    schema = _schema()
    columns = {name: [_text(row.get(name)) for row in whole] for name in schema}
    return pl.DataFrame(columns, schema=schema)


def read_table(path: str | PathLike[str]) -> pl.DataFrame:
    """Read a table of clips.

    Parameters
    ----------
    path : path
        A Parquet file, or a CSV file (``.csv`` or ``.tsv``) with a header, in any form that `offkey.tables.read_lines`
        reads. It needs a column ``file`` and may have the others, with names in upper or lower case; further columns
        are kept as text on the right. Files are absolute or relative to the table's folder. A label is any of
        `offkey.tables.cells.LABELS`, or ``unsure`` and the like for none.

    Returns
    -------
    polars.DataFrame
        With all of `COLUMNS`; empty text is null.

    Raises
    ------
    DataError
        If the table cannot be read, has no column ``file``, has an empty or doubled file or an invalid value (the
        message names the row), or none of its files exists.
    UsageError
        If its name ends like neither a CSV nor a Parquet file.

    Examples
    --------
    >>> from offkey.datasets import make_table, read_table, write_table
    >>> write_table(make_table([{"file": "today.wav", "label": "normal"}]), "clips.csv")
    >>> read_table("clips.csv")["file"].to_list()
    ['today.wav']
    """
    from offkey.tables.polars_extra import pl

    path = Path(path)
    raw, rows = _read_raw(path)
    if "file" not in raw.columns:
        raise DataError(f"The table {path} must have a column 'file'; found {', '.join(raw.columns) or 'no column'}.")
    if raw.is_empty():
        raise DataError(f"The table {path} lists no clips: expected one row per clip below the header.")
    text = raw.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    where = [f"The table {path}, {row}" for row in rows]
    files = _resolved(text["file"].to_list(), path, where)
    _check_once(text.with_columns(pl.Series("whole", files, dtype=pl.String)), where, rows)
    table = text.with_columns(pl.Series("file", files, dtype=pl.String), *_checked_columns(text, where))
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _schema().items() if name not in table.columns]
    return table.with_columns(missing).select(*COLUMNS, pl.exclude(*COLUMNS))


def write_table(table: pl.DataFrame, path: str | PathLike[str]) -> None:
    """Write a table of clips as CSV, TSV or Parquet, by the file's ending.

    Parameters
    ----------
    table : polars.DataFrame
        With a column ``file``.
    path : path
        The file to write. Paths of clips below its folder are written relative to it, others absolute.

    Raises
    ------
    UsageError
        If the ending is none of the three.
    OffkeyError
        If the file cannot be written.

    Examples
    --------
    >>> from offkey.datasets import read_dataset, write_table
    >>> write_table(read_dataset("dcase2020", "dcase2020"), "clips.parquet")
    """
    from offkey.tables.polars_extra import pl

    path = Path(path)
    folder = path.absolute().parent
    files = [path_text(_relative(Path(file).absolute(), folder)) for file in table["file"].to_list()]
    out = table.with_columns(pl.Series("file", files, dtype=pl.String))
    suffix = path.suffix.lower()
    check_suffix(path)
    with atomic_binary(path) as file:
        if suffix == ".parquet":
            out.write_parquet(file)
        else:
            out.write_csv(file, separator=_SEPARATORS[suffix])


def _text(value: Any) -> Any:
    """Return a value as a table can hold it."""
    return path_text(value) if type(value) is str else value


def _schema() -> dict[str, Any]:
    from offkey.tables.polars_extra import pl

    kinds = {"snr_db": pl.Float64, "channel": pl.Int64, "noise_channel": pl.Int64}
    return {name: kinds.get(name, pl.String) for name in COLUMNS}


def check_suffix(path: Path) -> None:
    """Check that a table can be written or read by the ending of its name."""
    if path.suffix.lower() not in (*_SEPARATORS, ".parquet"):
        raise UsageError(f"The table {path} must end in .csv, .tsv or .parquet; found {path.suffix or 'no ending'!r}.")


def _read_raw(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Return the table as it stands, and what messages call each row."""
    from offkey.tables.polars_extra import pl

    if not path.is_file():
        raise DataError(f"The table {path} does not exist: expected a CSV or Parquet file with a column 'file'.")
    check_suffix(path)
    if path.suffix.lower() != ".parquet":
        return _read_text(path)
    try:
        raw = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataError(f"The table {path} cannot be read: {reason}.") from error
    names = column_names(raw.columns, COLUMNS, f"The table {path}")
    raw = raw.select(pl.col(old).alias(new) for old, new in zip(raw.columns, names, strict=True) if new is not None)
    return raw, [f"row {row}" for row in range(1, len(raw) + 1)]


def _read_text(path: Path) -> tuple[pl.DataFrame, list[str]]:
    from offkey.tables.polars_extra import pl

    table = read_text_table(path, "table", COLUMNS)
    if not table.found:
        raise DataError(f"The table {path} is empty: expected a header with a column 'file'.")
    rows = list(table.rows(("file",)))
    columns = {name: [cells[name] for _, cells in rows] for name in table.columns}
    names = [
        f"row {row}" if line == row + 1 else f"row {row} (line {line})" for row, (line, _) in enumerate(rows, start=1)
    ]
    return pl.DataFrame(columns, schema=dict.fromkeys(table.columns, pl.String)), names


def _resolved(files: list[str | None], path: Path, where: list[str]) -> list[str]:
    """Resolve files against the table's folder."""
    whole, folder = [], path.parent
    for row, file in zip(where, files, strict=True):
        if file is None:
            raise DataError(f"{row}: the column 'file' is empty, but must name a clip.")
        if "\0" in file:
            raise DataError(f"{row}: the file {file!r} holds a NUL byte: delete the row, or restore the table.")
        whole.append(_in_folder(file, folder))
    if not any(os.path.lexists(path_of(file)) for file in whole):
        raise DataError(
            f"None of the {len(whole)} files in the table {path} exists, such as {whole[0][:_MOST_SHOWN]}: "
            "files must be absolute or relative to the table's folder."
        )
    return whole


def _check_once(text: pl.DataFrame, where: list[str], rows: list[str]) -> None:
    """Check that no clip is listed twice; only for another machine or section may it be, as a proxy."""
    key = [name for name in ("whole", "machine", "section") if name in text.columns]
    seen: dict[tuple[str | None, ...], str] = {}
    for row, values, place in zip(rows, text.select(key).iter_rows(), where, strict=True):
        if values in seen:
            file = text["file"][rows.index(row)]
            raise DataError(f"{place}: {file} is listed in {seen[values]} already; list it once.")
        seen[values] = row


def _in_folder(file: str, folder: Path) -> str:
    """Return a file of a table as text that opens from the current folder."""
    whole = path_text(folder / file)
    if "\\" in file and not os.path.lexists(path_of(whole)):
        of_windows = folder / PureWindowsPath(file).as_posix()
        return path_text(of_windows) if os.path.lexists(of_windows) else whole
    return whole


def _relative(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _checked_columns(text: pl.DataFrame, where: list[str]) -> list[pl.Series]:
    """Return the columns whose values are restricted, in their types."""
    from offkey.tables.polars_extra import pl

    columns = []
    for name, kind in _schema().items():
        if name not in text.columns or name == "file":
            continue
        values = text[name].to_list()
        if kind != pl.String:
            columns.append(_numbers(values, name, kind, where))
        elif name == "label" or name in _ALLOWED:
            read = _label if name == "label" else partial(_one, name)
            labels = [None if value is None else read(value, row) for row, value in zip(where, values, strict=True)]
            columns.append(pl.Series(name, labels, dtype=pl.String))
    return columns


def _label(value: str, where: str) -> str | None:
    label = label_of(value)
    if label is None and not means_no_label(value):
        raise DataError(
            f"{where}: the label must be one of normal, 0, anomaly, 1 or the like (false, true, ok, NG, defect); "
            f"found {value[:_MOST_SHOWN]!r}."
        )
    return None if label is None else _LABELS[label]


def _one(name: str, value: str, where: str) -> str:
    if value.lower() not in _ALLOWED[name]:
        raise DataError(
            f"{where}: the {name} must be one of {', '.join(_ALLOWED[name])}; found {value[:_MOST_SHOWN]!r}."
        )
    return value.lower()


def _numbers(values: list[str | None], name: str, kind: Any, where: list[str]) -> pl.Series:
    from offkey.tables.polars_extra import pl

    read: list[float | None] = []
    for row, value in zip(where, values, strict=True):
        found = None if value is None else number(value)
        if value is not None and (
            found is None or not math.isfinite(found) or (kind == pl.Int64 and not found.is_integer())
        ):
            what = "a number" if kind == pl.Float64 else "a whole number"
            raise DataError(f"{row}: the {name} must be {what}; found {value[:_MOST_SHOWN]!r}.")
        read.append(found)
    return pl.Series(name, read, dtype=pl.Float64).cast(kind)
