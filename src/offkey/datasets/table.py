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

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from offkey.errors import DataError, UsageError
from offkey.files import atomic_binary

if TYPE_CHECKING:
    import polars as pl

__all__ = ["COLUMNS", "make_table", "read_table", "write_table"]

COLUMNS = (
    *("file", "machine", "section", "domain", "split", "label", "part", "attributes", "supplement"),
    *("snr_db", "channel", "noise_channel", "proxy"),
)
"""The columns in their order."""

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_LABELS = {"normal": "normal", "0": "normal", "anomaly": "anomaly", "abnormal": "anomaly", "1": "anomaly"}
_ALLOWED = {
    "split": ("train", "validation", "test", "supplemental"),
    "part": ("dev", "additional", "eval"),
}


def make_table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Make a table from rows that name any of the columns.

    Parameters
    ----------
    rows : iterable of mapping
        Values by column; a column that is not named is null, one that is unknown is dropped.

    Returns
    -------
    polars.DataFrame
        With all of `COLUMNS`, in the order of the rows.
    """
    import polars as pl

    whole = list(rows)
    schema = _schema()
    return pl.DataFrame({name: [_text(row.get(name)) for row in whole] for name in schema}, schema=schema)


def read_table(path: str | PathLike[str]) -> pl.DataFrame:
    """Read a table of clips.

    Parameters
    ----------
    path : path
        A CSV file (``.csv``, or ``.tsv`` with tabs) with a header, or a Parquet file, with a column
        ``file`` and any of the other columns; further columns are kept, as text, on the right. Files
        are relative to the table's folder or absolute. A label may also be ``abnormal``, 0 or 1.

    Returns
    -------
    polars.DataFrame
        With all of `COLUMNS`; empty text is null.

    Raises
    ------
    DataError
        If the table cannot be read, has no column ``file``, an empty or doubled file or a value that
        a column does not allow, with the row, or if none of its files exists.
    UsageError
        If it is neither a CSV nor a Parquet file by its name.
    """
    import polars as pl

    path = Path(path)
    raw = _read_raw(path)
    raw = raw.rename({name: name.strip() for name in raw.columns})
    if "file" not in raw.columns:
        raise DataError(f"The table {path} must have a column 'file'; found {', '.join(raw.columns) or 'no column'}.")
    if raw.is_empty():
        raise DataError(f"The table {path} lists no clips: expected a row a clip below the header.")
    text = raw.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    files = _resolved(text["file"].to_list(), path)
    _check_once(text.with_columns(pl.Series("whole", files, dtype=pl.String)), path)
    table = text.with_columns(pl.Series("file", files, dtype=pl.String), *_checked_columns(text, path))
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _schema().items() if name not in table.columns]
    return table.with_columns(missing).select(*COLUMNS, pl.exclude(*COLUMNS))


def write_table(table: pl.DataFrame, path: str | PathLike[str]) -> None:
    """Write a table of clips as CSV, TSV or Parquet, by the file's ending.

    Parameters
    ----------
    table : polars.DataFrame
        With a column ``file``.
    path : path
        The file to write. Clips beneath its folder are written relative to it, others absolute.

    Raises
    ------
    UsageError
        If the ending is none of the three.
    OffkeyError
        If the file cannot be written.
    """
    import polars as pl

    path = Path(path)
    folder = path.absolute().parent
    files = [_relative(Path(file).absolute(), folder) for file in table["file"].to_list()]
    out = table.with_columns(pl.Series("file", files, dtype=pl.String))
    suffix = path.suffix.lower()
    _check_suffix(path)
    with atomic_binary(path) as file:
        if suffix == ".parquet":
            out.write_parquet(file)
        else:
            out.write_csv(file, separator=_SEPARATORS[suffix])


def _text(value: Any) -> Any:
    """Return a value as a table can hold it: bytes of a name that are no UTF-8 become backslash escapes."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if type(value) is str else value


def _schema() -> dict[str, Any]:
    import polars as pl

    kinds = {"snr_db": pl.Float64, "channel": pl.Int64, "noise_channel": pl.Int64}
    return {name: kinds.get(name, pl.String) for name in COLUMNS}


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in (*_SEPARATORS, ".parquet"):
        raise UsageError(f"The table {path} must end in .csv, .tsv or .parquet; found {path.suffix or 'no ending'!r}.")


def _read_raw(path: Path) -> pl.DataFrame:
    import polars as pl

    if not path.is_file():
        raise DataError(f"The table {path} does not exist: expected a CSV or Parquet file with a column 'file'.")
    _check_suffix(path)
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, separator=_SEPARATORS[path.suffix.lower()], infer_schema=False, encoding="utf8")
    except pl.exceptions.NoDataError as error:
        raise DataError(f"The table {path} is empty: expected a header with a column 'file'.") from error
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()[0].rstrip(".")
        raise DataError(f"The table {path} cannot be read: {reason}.") from error


def _resolved(files: list[str | None], path: Path) -> list[str]:
    """Resolve files against the table's folder."""
    whole = []
    for row, file in enumerate(files, start=1):
        if file is None:
            raise DataError(f"The table {path}, row {row}: the column 'file' is empty, but must name a clip.")
        whole.append(_in_folder(file, path.parent))
    if not any(Path(file).exists() for file in whole):
        raise DataError(
            f"None of the {len(whole)} files in the table {path} exists, such as {whole[0]}: "
            "files must be absolute or relative to the table's folder."
        )
    return whole


def _check_once(text: pl.DataFrame, path: Path) -> None:
    """Check that no clip is listed twice; only for another machine or section may it be, as a proxy."""
    key = [name for name in ("whole", "machine", "section") if name in text.columns]
    seen: dict[tuple[str | None, ...], int] = {}
    for row, values in enumerate(text.select(key).iter_rows(), start=1):
        if values in seen:
            file = text["file"][row - 1]
            raise DataError(
                f"The table {path}, row {row}: {file} is listed in row {seen[values]} already; list it once."
            )
        seen[values] = row


def _in_folder(file: str, folder: Path) -> str:
    whole = folder / file
    if "\\" in file and not whole.exists():
        whole = folder / PureWindowsPath(file).as_posix()
    return str(whole)


def _relative(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)


def _checked_columns(text: pl.DataFrame, path: Path) -> list[pl.Series]:
    """Return the columns whose values are restricted, in their types."""
    import polars as pl

    columns = []
    for name, kind in _schema().items():
        if name not in text.columns or name == "file":
            continue
        values = text[name].to_list()
        if name == "label":
            allowed: Mapping[str, str] = _LABELS
        elif name in _ALLOWED:
            allowed = {value: value for value in _ALLOWED[name]}
        elif kind == pl.String:
            continue
        else:
            columns.append(_numbers(values, name, kind, path))
            continue
        read = [_one(value, allowed, name, row, path) for row, value in enumerate(values, start=1)]
        columns.append(pl.Series(name, read, dtype=pl.String))
    return columns


def _one(value: str | None, allowed: Mapping[str, str], name: str, row: int, path: Path) -> str | None:
    if value is None:
        return None
    if value.lower() not in allowed:
        choices = ", ".join(allowed)
        raise DataError(f"The table {path}, row {row}: the {name} must be one of {choices}; found {value!r}.")
    return allowed[value.lower()]


def _numbers(values: list[str | None], name: str, kind: Any, path: Path) -> pl.Series:
    import polars as pl

    read: list[float | None] = []
    for row, value in enumerate(values, start=1):
        try:
            number = None if value is None else float(value)
        except ValueError:
            number = float("nan")
        if number is not None and (number != number or (kind == pl.Int64 and not number.is_integer())):
            what = "a number" if kind == pl.Float64 else "a whole number"
            raise DataError(f"The table {path}, row {row}: the {name} must be {what}; found {value!r}.")
        read.append(number)
    return pl.Series(name, read, dtype=pl.Float64).cast(kind)
