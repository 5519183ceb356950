"""The files of a submission: their names in each edition, and which of them lie in a folder.

The names are those of the challenge's submission pages and evaluators::

    2020       anomaly_score_<machine>_id_<id>.csv
    2021       anomaly_score_<machine>_section_<section>_{source,target}_test.csv
    2022-2026  anomaly_score_<machine>_section_<section>_test.csv

From 2021 on each has a sister ``decision_result_...``. What the baselines of 2023 on call
``anomaly_score_DCASE2023T2<machine>_section_00_test_seed13711_id(0_)_Eval.csv`` is read as well, and so
are names of 2022 without ``_test``, which an evaluator's manual once gave.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from offkey.errors import DataError
from offkey.evaluation.faults import Faults, listing
from offkey.evaluation.sections import DOMAINS

__all__ = ["KINDS", "SubmissionFile", "expected_keys", "file_name", "find_files", "parse_file_name"]

KINDS = ("anomaly_score", "decision_result")
"""What a file of a submission holds."""

_LIKE_A_SUBMISSION = re.compile(r"anomal(y|ous)[ _-]*scores?|decision[ _-]*results?", re.IGNORECASE)


class SubmissionFile(NamedTuple):
    """One file of a submission.

    Attributes
    ----------
    path : Path
        Where it lies.
    kind : str
        One of `KINDS`.
    machine, section : str
        The machine type, and the section or machine id as two digits.
    domain : str
        ``"source"`` or ``"target"`` in 2021, otherwise empty.
    """

    path: Path
    kind: str
    machine: str
    section: str
    domain: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """All but the path."""
        return self.kind, self.machine, self.section, self.domain


def file_name(edition: int, kind: str, machine: str, section: str, domain: str = "") -> str:
    """Return the name that an edition asks for.

    Parameters
    ----------
    edition : int
        The year.
    kind : str
        One of `KINDS`.
    machine, section, domain : str
        As in `SubmissionFile`.

    Returns
    -------
    str
        Such as ``"anomaly_score_fan_section_00_test.csv"``.
    """
    if edition == 2020:
        return f"{kind}_{machine}_id_{section}.csv"
    return f"{kind}_{machine}_section_{section}_{f'{domain}_' if edition == 2021 else ''}test.csv"


def expected_keys(
    edition: int, machine: str, section: str, kinds: Collection[str] = KINDS
) -> list[tuple[str, str, str, str]]:
    """Return which files an edition asks for about one section, as keys of `SubmissionFile`.

    Parameters
    ----------
    edition : int
        The year.
    machine, section : str
        As in `SubmissionFile`.
    kinds : collection of str, default both
        Which of `KINDS`; of 2020 only the scores, which has no decisions.

    Returns
    -------
    list of tuple of str
        Kind, machine, section and domain of each.
    """
    domains = DOMAINS if edition == 2021 else ("",)
    asked = KINDS[:1] if edition == 2020 else KINDS
    return [(kind, machine, section, domain) for kind in asked if kind in kinds for domain in domains]


def parse_file_name(path: Path, edition: int) -> SubmissionFile | None:
    """Read what the name of a submission's file tells.

    Parameters
    ----------
    path : Path
        The file; only its name is looked at.
    edition : int
        The year.

    Returns
    -------
    SubmissionFile or None
        None if it is no name of that edition.
    """
    if edition == 2020:
        pattern = r"(anomaly_score)_(.+)_id_(\d\d)()\.csv"
    elif edition == 2021:
        pattern = r"(anomaly_score|decision_result)_(.+)_section_(\d\d)_(source|target)_test\.csv"
    else:
        pattern = (
            rf"(anomaly_score|decision_result)_(?:DCASE{edition}T2)?((?!DCASE20\d\dT2).+)"
            r"_section_(\d\d)(?:_test(?:_seed\d+.*)?)?()\.csv"
        )
    match = re.fullmatch(pattern, path.name, re.ASCII)
    return SubmissionFile(path, *match.groups()) if match else None


def find_files(
    folder: Path, edition: int, faults: Faults, machines: Collection[str] | None = None
) -> list[SubmissionFile]:
    """Find the files of a submission; tables with other names, such as results, are passed over.

    Parameters
    ----------
    folder : Path
        The folder of the submission, without subfolders.
    edition : int
        The year.
    faults : Faults
        Where files with a wrong name, and doubled ones, are added.
    machines : collection of str, optional
        Only files of these machines are kept; all by default.

    Returns
    -------
    list of SubmissionFile
        The files, each machine, section and domain once.

    Raises
    ------
    DataError
        If there is no such folder, or no score file in it.
    """
    if not folder.is_dir():
        raise DataError(f"The submission {folder} is no folder: expected one that holds {_example(edition)}.")
    found: dict[tuple[str, str, str, str], SubmissionFile] = {}
    foreign = []
    for path in sorted(folder.iterdir()):
        if not (path.is_file() and path.suffix.lower() == ".csv" and _LIKE_A_SUBMISSION.search(path.name)):
            continue
        file = parse_file_name(path, edition)
        if file is None:
            foreign.append(path.name)
        elif file.key in found:
            faults.add(f"{path.name}: doubles {found[file.key].path.name}")
        elif machines is None or file.machine in machines:
            found[file.key] = file
    if foreign:
        names = listing(foreign)
        faults.add(f"{len(foreign)} files whose name is not that of {edition}, {_example(edition)} ({names})")
    if not any(file.kind == KINDS[0] for file in found.values()) and not len(faults):
        there = listing(sorted(path.name for path in folder.iterdir())) or "nothing"
        raise DataError(f"The folder {folder} must hold score files such as {_example(edition)}; it holds {there}.")
    return list(found.values())


def _example(edition: int) -> str:
    return file_name(edition, KINDS[0], "<machine>", "<id>" if edition == 2020 else "<section>", "<source or target>")
