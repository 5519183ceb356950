"""A competition's sample submission: whose ids, in which order and under which columns scores are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from statistics import median
from typing import TextIO

from offkey.errors import DataError
from offkey.evaluation.faults import Faults
from offkey.evaluation.matching import Names
from offkey.listing import listing
from offkey.tables import csv_writer, read_lines

__all__ = ["SampleSubmission", "read_sample"]

_IDS = ("file_id", "file", "id", "filename", "file_name", "clip", "clip_id")
_SCORES = ("score", "confidence", "prediction", "target", "label", "anomaly_score")


@dataclass(frozen=True)
class SampleSubmission:
    """The rows of a sample submission; columns other than those of id and score stay as they are."""

    path: Path
    header: list[str]
    rows: list[list[str]]
    id_column: int
    score_column: int

    @property
    def ids(self) -> list[str]:
        """The ids, in their order."""
        return [row[self.id_column] for row in self.rows]

    def match(self, files: Sequence[str]) -> dict[str, str]:
        """Return the clip of each id; an id without a clip is left out."""
        known = Names(files)
        candidates = {clip_id: known.fitting(clip_id) for clip_id in self.ids}
        faults = Faults(f"The ids of {self.path} and the clips do not fit")
        ambiguous = [clip_id for clip_id, names in candidates.items() if len(names) > 1]
        faults.add_names("with more than one clip that fits", "ids", ambiguous)
        matched = {clip_id: names[0] for clip_id, names in candidates.items() if len(names) == 1}
        taken: dict[str, str] = {}
        doubled = [clip_id for clip_id, file in matched.items() if taken.setdefault(file, clip_id) != clip_id]
        faults.add_names("with a clip that another id has already", "ids", doubled)
        faults.raise_if_any()
        if not matched:
            raise DataError(
                f"None of the {len(self.ids)} ids of {self.path}, such as {listing(self.ids[:2])}, is that of a clip "
                f"({listing(files[:2])}): give the clips of the sample."
            )
        return matched

    def write(self, scores: Mapping[str, float], file: TextIO) -> list[str]:
        """Write the sample with scores by id; ids without a score get the median of the others, and are returned."""
        known = [scores[clip_id] for clip_id in self.ids if clip_id in scores]
        if not known:
            raise DataError(f"No clip of {self.path} could be scored, so that there is nothing to submit.")
        middle = median(known)
        table = csv_writer(file)
        table.writerow(self.header)
        for row in self.rows:
            score = scores.get(row[self.id_column], middle)
            table.writerow([score if place == self.score_column else cell for place, cell in enumerate(row)])
        return [clip_id for clip_id in self.ids if clip_id not in scores]


def read_sample(path: str | PathLike[str]) -> SampleSubmission:
    """Read a sample submission, a CSV file with a column of ids and a column of scores.

    Ids stand in ``file_id``, ``id``, ``file`` or the like, else in the first column; scores in ``score``,
    ``confidence`` or the like, else in the only other column.
    """
    path = Path(path)
    (_, header), *lines = read_lines(path, "sample submission", known=(*_IDS, *_SCORES)) or [(1, [])]
    if len(header) < 2 or not lines:
        raise DataError(f"The sample submission {path} must have a header of two columns or more, and one row per id.")
    low = [name.lower() for name in header]
    id_column = next((low.index(name) for name in _IDS if name in low), 0)
    others = [place for place in range(len(header)) if place != id_column]
    score_column = next((low.index(name) for name in _SCORES if name in low), others[0] if len(others) == 1 else None)
    if score_column is None:
        raise DataError(
            f"The sample submission {path} must name the column of scores 'score' or 'confidence'; "
            f"found {', '.join(header)}."
        )
    rows, seen = [], set[str]()
    for line, cells in lines:
        row = [*cells, *[""] * (len(header) - len(cells))][: len(header)]
        if not row[id_column] or any(cells[len(header) :]):
            raise DataError(
                f"{path}, line {line}: expected an id and {len(header)} columns; found {','.join(cells)!r}."
            )
        if row[id_column] in seen:
            raise DataError(f"{path}, line {line}: the id {row[id_column]} is listed twice; each must be listed once.")
        seen.add(row[id_column])
        rows.append(row)
    return SampleSubmission(path, header, rows, id_column, score_column)
