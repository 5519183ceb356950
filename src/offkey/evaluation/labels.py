"""Labels of scored clips: from a file, a column, or the official names of files and folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.evaluation.csv_lines import csv_lines
from offkey.evaluation.faults import Faults, listing
from offkey.evaluation.score_table import ScoreTable, label_of

__all__ = ["GivenLabels", "Labels", "find_labels", "match_labels", "read_labels"]


class Labels(NamedTuple):
    """The labels of a table's clips.

    Attributes
    ----------
    values : list of int
        0 for normal, 1 for anomaly, in the order of the clips.
    source : str
        Where they come from.
    """

    values: list[int]
    source: str


class GivenLabels(dict[str, int]):
    """Labels by file, 0 or 1.

    Attributes
    ----------
    n_proposed : int
        How many of them are marked as proposed by a model, rather than known.
    """

    n_proposed: int = 0

    @property
    def caveat(self) -> str:
        """A sentence that says so; empty if all are known."""
        if not self.n_proposed:
            return ""
        return (
            f"{self.n_proposed} of {len(self)} labels are proposed by a model, not known: figures say how far scores "
            "agree with that model, not how well faults are found."
        )


def find_labels(table: ScoreTable, given: Mapping[str, int] | None = None) -> Labels:
    """Return the label of each clip of a table.

    Parameters
    ----------
    table : ScoreTable
        The clips.
    given : mapping of str to int, optional
        Labels by file, as `read_labels` returns them; otherwise they come from the table's ``label``
        column or, where it has none, from official file and folder names.

    Returns
    -------
    Labels
        The labels and their source.

    Raises
    ------
    DataError
        If a clip has no label, or a given label no clip; each is named.
    """
    files = [clip.file for clip in table.clips]
    if given is not None:
        proposed = given.n_proposed if isinstance(given, GivenLabels) else 0
        source = (
            f"the labels file ({proposed} of {len(given)} are proposed, not known)" if proposed else "the labels file"
        )
        return Labels(match_labels(files, given, failed=table.failed), source)
    if table.labelled:
        empty = [clip.file for clip in table.clips if clip.label is None]
        if empty:
            raise DataError(f"The 'label' column of {table.name} is empty for {len(empty)} clips: {listing(empty)}.")
        return Labels([int(clip.label or 0) for clip in table.clips], "the label column")
    told = [parse_name(file).label for file in files]
    silent = [file for file, label in zip(files, told, strict=True) if label is None]
    if silent:
        raise DataError(
            f"The names of {len(silent)} clips in {table.name} do not tell their label ({listing(silent)}): "
            "give a labels file with the columns file,label, or a 'label' column."
        )
    return Labels([int(label == "anomaly") for label in told], "file and folder names")


def read_labels(path: str | PathLike[str]) -> GivenLabels:
    """Read a labels file with the columns ``file`` and ``label``.

    Parameters
    ----------
    path : path
        A CSV file in UTF-8 with a header; ``file_id`` does for ``file``. A column ``proposed`` that is 1 marks labels
        that a model proposed.

    Returns
    -------
    GivenLabels
        0 or 1 for each file.

    Raises
    ------
    DataError
        If the file cannot be read, a row is not as it must be, or a file is there twice.
    """
    path = Path(path)
    lines = csv_lines(path, "labels file")
    header = [cell.lower() for cell in lines[0][1]] if lines else []
    name = next((column for column in ("file", "file_id") if column in header), None)
    if name is None or "label" not in header:
        found = ",".join(header) or "nothing"
        raise DataError(f"{path}, line 1: expected a header with 'file' and 'label', found {found!r}.")
    labels = GivenLabels()
    for line, row in lines[1:]:
        if len(row) != len(header):
            raise DataError(f"{path}, line {line}: expected {len(header)} columns, found {len(row)}.")
        cells = dict(zip(header, row, strict=True))
        label = label_of(cells["label"])
        if label is None or not cells[name]:
            raise DataError(
                f"{path}, line {line}: expected a file and 0 or normal, 1 or anomaly; found {','.join(row)!r}."
            )
        if cells[name] in labels:
            raise DataError(f"{path}, line {line}: {cells[name]} is listed twice; each file must be listed once.")
        labels[cells[name]] = label
        labels.n_proposed += bool(label_of(cells.get("proposed", "")))
    if not labels:
        raise DataError(f"The labels file {path} has a header but no rows.")
    return labels


def match_labels(files: Sequence[str], given: Mapping[str, int], *, failed: Iterable[str] = ()) -> list[int]:
    """Give each file its label: by the same path, else by the one name or path's end that fits.

    Parameters
    ----------
    files : sequence of str
        The scored files.
    given : mapping of str to int
        The labels by path, name, or name without ending.
    failed : iterable of str
        Files that could not be scored, whose labels may be there all the same.

    Returns
    -------
    list of int
        The labels, in the order of `files`.

    Raises
    ------
    DataError
        If a file has no label or several that fit, a label fits several files, or a label fits none; each
        is named.
    """
    index: dict[str, list[str]] = defaultdict(list)
    for name in given:
        index[_stem(name)].append(name)
    candidates = {file: _fitting(file, index[_stem(file)]) for file in files}
    taken: dict[str, list[str]] = defaultdict(list)
    for file, names in candidates.items():
        if len(names) == 1:
            taken[names[0]].append(file)
    spare = {name for file in failed for name in _fitting(file, index[_stem(file)])}
    faults = Faults("Labels and scores do not fit")
    faults.add_names("without a label", "clips", [file for file, names in candidates.items() if not names])
    several = [file for file, names in candidates.items() if len(names) > 1]
    faults.add_names("with more than one label that fits", "clips", several)
    shared = [file for names in taken.values() if len(names) > 1 for file in names]
    faults.add_names("with a label that fits other clips as well (give paths)", "clips", shared)
    unused = [name for name in given if name not in taken and name not in spare]
    if not several:  # a label that several clips may claim is not unknown
        faults.add_names("whose clip was not scored", "labels", unused)
    faults.raise_if_any()
    return [given[candidates[file][0]] for file in files]


def _fitting(file: str, names: Sequence[str]) -> list[str]:
    """Return the names that may mean `file`: the same path, else path ends, else one bare name."""
    parts = _parts(file)
    same = [name for name in names if _parts(name) == parts]
    if same:
        return same
    whole = [name for name in names if _suffix(name) == _suffix(file) or not (_suffix(name) and _suffix(file))]
    ends = [name for name in whole if _is_end(_parts(name), parts) or _is_end(parts, _parts(name))]
    if len(ends) == 1:
        return ends
    return ends or whole


def _is_end(short: list[str], long: list[str]) -> bool:
    """Tell whether a path is the end of another one; the last parts are the same but for the ending."""
    return len(short) <= len(long) and (len(short) == 1 or short[:-1] == long[len(long) - len(short) : -1])


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def _stem(path: str) -> str:
    name = _parts(path)[-1] if _parts(path) else ""
    return name[: len(name) - len(_suffix(path))] if _suffix(path) else name


def _suffix(path: str) -> str:
    suffix = Path(_parts(path)[-1]).suffix.lower() if _parts(path) else ""
    return suffix if suffix in {".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".opus", ".wave"} else ""
