"""Labels of scored clips: from a file, a column, or the official names of files and folders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from offkey.datasets.path_labels import path_label
from offkey.errors import DataError
from offkey.evaluation.faults import Faults
from offkey.evaluation.matching import Names
from offkey.evaluation.score_table import ScoreTable
from offkey.listing import listing
from offkey.tables import label_of, means_no_label, read_text_table

__all__ = ["GivenLabels", "Labels", "find_labels", "label_by_name", "match_known", "match_labels", "read_labels"]

_COLUMNS = ("file", "file_id", "label", "proposed")


class Labels(NamedTuple):
    """The labels of a table's clips."""

    values: list[int | None]  # 0 normal, 1 anomaly, None without a label, in the order of the clips
    source: str  # where they come from
    unused: list[str]  # files with a given label that were not scored


class GivenLabels(dict[str, int]):
    """Labels by file, 0 or 1; a model proposed `n_proposed` of them."""

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

    Labels come from `given`, else from the table's ``label`` column, else from official file and folder names.
    """
    files = [clip.file for clip in table.clips]
    if given is not None:
        proposed = given.n_proposed if isinstance(given, GivenLabels) else 0
        source = (
            f"the labels file ({proposed} of {len(given)} are proposed, not known)" if proposed else "the labels file"
        )
        values, unused = match_known(files, given, table.failed)
        return Labels(values, source, unused)
    if table.labelled:
        values = [clip.label for clip in table.clips]
        if all(value is None for value in values):
            raise DataError(f"The 'label' column of {table.name} is empty for {len(files)} clips: {listing(files)}.")
        return Labels(values, "the label column", [])
    told = [label_by_name(file) for file in files]
    if all(label is None for label in told):
        raise DataError(
            f"No name of a clip in {table.name} gives its label ({listing(files)}): "
            "give a labels file with the columns file,label, or a 'label' column."
        )
    return Labels(told, "file and folder names", [])


def label_by_name(file: str) -> int | None:
    """Return the label in the path of a clip, 0 or 1, or None; see `path_label`."""
    label = path_label(file)
    return None if label is None else label_of(label.label)


def read_labels(path: str | PathLike[str]) -> GivenLabels:
    """Read a labels file with the columns ``file`` (or ``file_id``) and ``label``.

    A column ``proposed`` that is 1 marks labels that a model proposed. Further columns are ignored, as are rows with an
    empty label or ``unsure``.
    """
    path = Path(path)
    table = read_text_table(path, "labels file", _COLUMNS)
    name = next((column for column in ("file", "file_id") if column in table.columns), None)
    if name is None or "label" not in table.columns:
        found = table.found or "nothing"
        raise DataError(f"{path}, line 1: expected a header with 'file' and 'label', found {found!r}.")
    labels, seen = GivenLabels(), set[str]()
    for line, cells in table.rows((name, "label")):
        label = label_of(cells["label"])
        if not cells[name] or (label is None and not means_no_label(cells["label"])):
            found = ",".join((cells[name], cells["label"]))
            raise DataError(f"{path}, line {line}: expected a file and 0 or normal, 1 or anomaly; found {found!r}.")
        if cells[name] in seen:
            raise DataError(f"{path}, line {line}: {cells[name]} is listed twice; each file must be listed once.")
        seen.add(cells[name])
        if label is not None:
            labels[cells[name]] = label
            labels.n_proposed += bool(label_of(cells.get("proposed", "")))
    if not labels:
        raise DataError(f"The labels file {path} has a header but no rows{' with a label' if seen else ''}.")
    return labels


def match_labels(files: Sequence[str], given: Mapping[str, int], *, failed: Iterable[str] = ()) -> list[int]:
    """Return the label of each file: by the same path, else by the one name or end of a path that fits.

    Keys of `given` are paths, names, or names without ending. Labels of `failed` files need not fit a file. A DataError
    names each file and each label without exactly one partner.
    """
    known = Names(given)
    candidates = {file: known.fitting(file) for file in files}
    faults = Faults("Labels and scores do not fit")
    faults.add_names("without a label", "clips", [file for file, names in candidates.items() if not names])
    taken = _check_one_each(candidates, faults)
    spare = {name for file in failed for name in known.fitting(file)}
    unused = [name for name in given if name not in taken and name not in spare]
    if all(len(names) < 2 for names in candidates.values()):  # a label that several clips may claim is not unknown
        faults.add_names("whose clip was not scored", "labels", unused)
    faults.raise_if_any()
    return [given[candidates[file][0]] for file in files]


def match_known(
    files: Sequence[str], given: Mapping[str, int], failed: Sequence[str] = ()
) -> tuple[list[int | None], list[str]]:
    """Return the label of each file, None where none fits, and the files of labels that fit none; see `match_labels`.

    Where labels and files are not the same, a name alone is no sign that a label of one folder is meant for another.
    """
    try:
        return list(match_labels(files, given, failed=failed)), []
    except DataError as error:
        whole = error
    known = Names(given)
    candidates = {file: known.by_path(file) for file in files}
    faults = Faults("Labels and scores do not fit")
    taken = _check_one_each(candidates, faults)
    faults.raise_if_any()
    if not taken:
        raise whole
    spare = {name for file in failed for name in known.by_path(file)}
    values = [given[candidates[file][0]] if candidates[file] else None for file in files]
    return values, [name for name in given if name not in taken and name not in spare]


def _check_one_each(candidates: Mapping[str, list[str]], faults: Faults) -> set[str]:
    """Add what fits in more than one way to the faults; return the names that are taken."""
    taken: dict[str, list[str]] = defaultdict(list)
    for file, names in candidates.items():
        if len(names) == 1:
            taken[names[0]].append(file)
    several = [file for file, names in candidates.items() if len(names) > 1]
    faults.add_names("with more than one label that fits", "clips", several)
    shared = [file for names in taken.values() if len(names) > 1 for file in names]
    faults.add_names("with a label that fits other clips as well (give paths)", "clips", shared)
    return set(taken)
