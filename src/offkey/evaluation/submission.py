"""Reads anyone's folder of score files, checks it whole, and joins it with the labels by name.

The organisers' evaluators sort the rows and join them by position; a name too many or too few then
shifts labels without a word. Here every clip is matched by its name, and whatever is missing, doubled
or unknown is refused and named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np

from offkey.datasets.editions.edition import Edition
from offkey.datasets.ground_truth import GroundTruth, Truth
from offkey.datasets.names import parse_name
from offkey.datasets.original_names import OriginalNames
from offkey.errors import DataError
from offkey.evaluation.faults import Faults
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission_files import KINDS, SubmissionFile, expected_keys, find_files
from offkey.evaluation.submission_rows import read_rows
from offkey.listing import counted, listing

__all__ = ["read_submission"]


class _Table(NamedTuple):
    """The values of one section by published file name, and the truth of each clip."""

    values: dict[str, float]
    truths: dict[str, Truth]


def read_submission(
    folder: str | PathLike[str],
    edition: Edition,
    truths: GroundTruth | None = None,
    *,
    original_names: OriginalNames | None = None,
    machines: Collection[str] | None = None,
) -> list[SectionScores]:
    """Read a folder of score files, in the form that an edition asks for, sorted by machine and section.

    Without `truths`, labels and domains are read from the clips' names, which show them in the development sets. With
    `original_names`, clips may also go by these. Decisions are None where the folder has none at all. One DataError
    names everything missing, unknown, doubled or wrong.
    """
    folder = Path(folder)
    wanted = _wanted(truths, machines)
    faults = Faults(f"The folder {folder} is not a valid submission of {edition.year}")
    files = find_files(folder, edition, faults, machines)
    _check_files(files, edition, wanted, faults)
    sections = []
    for machine, section in sorted({(file.machine, file.section) for file in files}):
        key = (machine, section)
        if wanted is not None and key not in wanted:
            continue
        reader = _Reader(key, None if wanted is None else wanted[key], (original_names or {}).get(key, {}), faults)
        tables = [reader.read([file for file in files if file.key[:3] == (kind, *key)]) for kind in KINDS]
        sections.append(_joined(key, *tables))
    faults.raise_if_any()
    return sections


class _Reader:
    """Reads the files of one section and one kind, and resolves the names in them."""

    def __init__(
        self, key: tuple[str, str], truths: Mapping[str, Truth] | None, originals: Mapping[str, str], faults: Faults
    ) -> None:
        self._machine, self._section = key
        self._truths, self._originals, self._faults = truths, originals, faults
        self._scored: set[str] | None = None

    def read(self, files: Sequence[SubmissionFile]) -> _Table:
        values: dict[str, float] = {}
        truths: dict[str, Truth] = {}
        by_original = False
        for file in files:
            rows = read_rows(file.path, self._faults, binary=file.kind == KINDS[1])
            names = {name: self._originals.get(name, name) for name in rows}
            known = {name: truth for name in rows if (truth := self._truth(names[name])) is not None}
            self._check(file, rows, names, known)
            values |= {names[name]: rows[name] for name in known}
            truths |= {names[name]: truth for name, truth in known.items()}
            by_original |= any(names[name] != name for name in rows)
        if files:
            self._check_complete(files, values, by_original=by_original)
        return _Table(values, truths)

    def _truth(self, name: str) -> Truth | None:
        if self._truths is not None:
            return self._truths.get(name)
        named = parse_name(name)
        if named.label is None or named.section != self._section:
            return None
        return Truth(int(named.label == "anomaly"), named.domain)

    def _check(
        self, file: SubmissionFile, rows: Mapping[str, float], names: Mapping[str, str], known: Mapping[str, Truth]
    ) -> None:
        where = file.path.name
        unknown = [name for name in rows if name not in known]
        if self._truths is not None:
            self._faults.add_names(where, "unknown to the ground truth", unknown)
        else:
            reason = f"whose name gives no label of section {self._section}, so that a ground truth is needed"
            self._faults.add_names(where, reason, unknown)
        twice = [name for name in rows if names[name] != name and names[name] in rows]
        self._faults.add_names(where, "there under both of their names", twice)
        if file.domain:
            other = [name for name, truth in known.items() if truth.domain != file.domain]
            self._faults.add_names(where, f"not of the {file.domain} domain", other)

    def _check_complete(
        self, files: Sequence[SubmissionFile], values: Mapping[str, float], *, by_original: bool
    ) -> None:
        """Check against the ground truth, or the decisions against the scores."""
        shown = {published: name for name, published in self._originals.items()} if by_original else {}
        names = set(values)
        scored = names if self._scored is None else self._scored
        expected = scored if self._truths is None else set(self._truths)
        where = " and ".join(file.path.name for file in files)
        self._faults.add_names(where, "missing", sorted(shown.get(name, name) for name in expected - names))
        self._faults.add_names(where, "that were not scored", sorted(names - expected))
        self._scored = names


def _joined(key: tuple[str, str], scored: _Table, decided: _Table) -> SectionScores:
    files = tuple(sorted(scored.values))
    truths = [scored.truths[name] for name in files]
    decisions = None
    if decided.values:
        decisions = np.array([decided.values.get(name, 0) for name in files], dtype=np.int8)
    return SectionScores(
        *key,
        files,
        np.array([scored.values[name] for name in files], dtype=np.float64),
        np.array([truth.label for truth in truths], dtype=np.int8),
        np.array([truth.domain or "" for truth in truths], dtype=np.str_),
        decisions,
    )


def _wanted(truths: GroundTruth | None, machines: Collection[str] | None) -> GroundTruth | None:
    if truths is None or machines is None:
        return truths
    known = {machine for machine, _ in truths}
    unknown = sorted(set(machines) - known)
    if unknown:
        raise DataError(
            f"The ground truth has no machine {listing(unknown)}: expected one or more of {', '.join(sorted(known))}."
        )
    return {key: clips for key, clips in truths.items() if key[0] in machines}


def _check_files(files: Sequence[SubmissionFile], edition: Edition, wanted: GroundTruth | None, faults: Faults) -> None:
    """Check that each section has all its files, and that there is no section too many."""
    there = {file.key for file in files}
    kinds = [kind for kind in KINDS if any(file.kind == kind for file in files)]
    sections = {key[1:3] for key in there} if wanted is None else set(wanted)
    needed = [key for section in sorted(sections) for key in expected_keys(edition, *section, kinds)]
    missing = [edition.submission.write(*key) for key in needed if key not in there]
    if missing:
        faults.add(f"{counted(len(missing), 'file')} missing ({listing(missing)})")
    extra = sorted(file.path.name for file in files if (file.machine, file.section) not in sections)
    if extra:
        faults.add(
            f"{counted(len(extra), 'file')} of machines or sections that the ground truth does not have "
            f"({listing(extra)})"
        )
