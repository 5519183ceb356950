"""The rows of one file of a submission: a clip's name and a number, without a header."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from offkey.errors import DataError
from offkey.evaluation.faults import Faults
from offkey.tables import number, read_lines

__all__ = ["read_rows"]


def read_rows(path: Path, faults: Faults, *, binary: bool = False) -> dict[str, float]:
    """Read a file of anomaly scores, or of decisions if `binary`: the value of each clip.

    Everything wrong is added to `faults`; the rows without fault are returned.
    """
    try:
        rows = read_lines(path, "file", official=True)
    except DataError as error:
        faults.add(str(error).removesuffix("."))
        return {}
    if not rows:
        faults.add(f"{path.name}: empty")
        return {}
    wide = [(line, row) for line, row in rows if len(row) != 2]
    if wide:
        line, row = wide[0]
        faults.add(
            f"{path.name}: {len(wide)} rows without exactly 2 columns, a file name and a value "
            f"(line {line} has {len(row)})"
        )
    pairs = [(line, row[0], row[1]) for line, row in rows if len(row) == 2]
    values: dict[str, float] = {}
    wrong: list[str] = []
    for line, name, text in pairs:
        value = number(text)
        if value is None and line == 1:
            faults.add(f"{path.name}: line 1 is a header ({name},{text}), but these files have none")
        elif value is None or not math.isfinite(value) or (binary and value not in (0, 1)):
            wrong.append(f"{name} is {text or 'empty'}")
        else:
            values[name] = value
    faults.add_names(path.name, "decisions other than 0 and 1" if binary else "scores not finite numbers", wrong)
    counts = Counter(name for _, name, _ in pairs)
    faults.add_names(path.name, "doubled", [name for name, count in counts.items() if count > 1])
    return values
