"""Types of clips as a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from offkey.learned.identify.identifier import Identification
from offkey.tables import csv_writer

__all__ = ["FIXED_COLUMNS", "write_types"]

FIXED_COLUMNS = ("file", "machine_type", "probability", "p_value", "error")
"""The columns beside the probabilities of the types, which stand behind the third."""


def write_types(identifications: Iterable[Identification], types: Sequence[str], file: TextIO) -> None:
    """Write types of clips as CSV, one row per clip, with a column of probabilities for each known type."""
    table = csv_writer(file)
    table.writerow((*FIXED_COLUMNS[:3], *types, *FIXED_COLUMNS[3:]))
    for clip in identifications:
        shares = clip.probabilities or {}
        of_types = [shares.get(name) for name in types]
        table.writerow((clip.file, clip.machine_type, clip.probability, *of_types, clip.p_value, clip.error))
