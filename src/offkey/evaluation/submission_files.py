"""The files of a submission: which an edition asks for, and which of them lie in a folder.

Their names stand in the edition's file (`offkey.datasets.editions.submission.SubmissionForm`), as the challenge's
submission pages and evaluators give them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from offkey.datasets.editions.edition import Edition
from offkey.datasets.editions.submission import KINDS
from offkey.errors import DataError
from offkey.evaluation.faults import Faults
from offkey.listing import counted, listing

__all__ = ["KINDS", "SubmissionFile", "expected_keys", "find_files", "parse_file_name"]

_LIKE_A_SUBMISSION = re.compile(r"anomal(y|ous)[ _-]*scores?|decision[ _-]*results?", re.IGNORECASE)


class SubmissionFile(NamedTuple):
    """One file of a submission."""

    path: Path
    kind: str  # one of KINDS
    machine: str
    section: str  # or machine id, two digits
    domain: str  # where each domain has its own file, else ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """All but the path."""
        return self.kind, self.machine, self.section, self.domain


def expected_keys(
    edition: Edition, machine: str, section: str, kinds: Collection[str] = KINDS
) -> list[tuple[str, str, str, str]]:
    """Return the files that an edition asks for about one section: kind, machine, section and domain of each."""
    form = edition.submission
    return [(kind, machine, section, domain) for kind in form.kinds if kind in kinds for domain in form.domains]


def parse_file_name(path: Path, edition: Edition) -> SubmissionFile | None:
    """Parse the name of a submission's file; None if it is no name of that edition."""
    named = edition.submission.read(path.name)
    return None if named is None else SubmissionFile(path, **named)


def find_files(
    folder: Path, edition: Edition, faults: Faults, machines: Collection[str] | None = None
) -> list[SubmissionFile]:
    """Find the files of a submission; tables with other names, such as results, are ignored.

    Files with a wrong name, and doubled ones, are added to `faults`.
    """
    if not folder.is_dir():
        raise DataError(f"The submission {folder} is no folder: expected one that holds {_example(edition)}.")
    by_key: dict[tuple[str, str, str, str], SubmissionFile] = {}
    foreign = []
    for path in sorted(folder.iterdir()):
        if not (path.is_file() and path.suffix.lower() == ".csv" and _LIKE_A_SUBMISSION.search(path.name)):
            continue
        file = parse_file_name(path, edition)
        if file is None:
            foreign.append(path.name)
        elif file.key in by_key:
            faults.add(f"{path.name}: doubles {by_key[file.key].path.name}")
        elif machines is None or file.machine in machines:
            by_key[file.key] = file
    if foreign:
        names = listing(foreign)
        faults.add(
            f"{counted(len(foreign), 'file')} whose name is not that of {edition.year}, {_example(edition)} ({names})"
        )
    if not any(file.kind == KINDS[0] for file in by_key.values()) and not len(faults):
        there = listing(sorted(path.name for path in folder.iterdir())) or "nothing"
        inner = sorted({str(file.parent) for file in folder.glob("*/*.csv") if _LIKE_A_SUBMISSION.search(file.name)})
        hint = f" Score files lie in {listing(inner)}: give that folder." if inner else ""
        raise DataError(
            f"The folder {folder} must hold score files such as {_example(edition)}; it holds {there}.{hint}"
        )
    return list(by_key.values())


def _example(edition: Edition) -> str:
    return edition.submission.write(KINDS[0], "<machine>", f"<{edition.section_word}>", "<source or target>")
