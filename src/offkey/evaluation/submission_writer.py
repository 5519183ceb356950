"""Writes exactly the files that an edition of the challenge asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from offkey.datasets.editions.edition import Edition
from offkey.errors import DataError, UsageError
from offkey.evaluation.sections import DOMAINS, SectionScores
from offkey.evaluation.submission_files import KINDS, expected_keys
from offkey.files import make_folder
from offkey.listing import listing
from offkey.tables import write_csv

__all__ = ["Tables", "submission_tables", "write_submission"]

Tables: TypeAlias = dict[str, list[tuple[str, Any]]]
"""Rows of each file of a submission, by its name."""


def submission_tables(edition: Edition, sections: Iterable[SectionScores]) -> Tables:
    """Return the score files of a submission, and the decision files where the edition asks for them.

    A file has no header; each row is a clip's file name and its anomaly score, or 0 or 1, sorted by name. All are
    checked. Labels are not used: zeros do where they are unknown.
    """
    tables: Tables = {}
    for section in sections:
        _check(section, edition)
        for kind, machine, number, domain in expected_keys(edition, section.machine, section.section):
            name = edition.submission.write(kind, machine, number, domain)
            if name in tables:
                raise DataError(f"Section {number} of {machine} is there twice: each section must come once.")
            keep = section.domains == domain if domain else np.ones(len(section), dtype=np.bool_)
            tables[name] = sorted(_rows(section, kind, keep))
    return tables


def write_submission(folder: str | PathLike[str], tables: Tables) -> list[Path]:
    """Write the files of a submission, each whole or not at all; files of the same names are replaced."""
    folder = Path(folder)
    make_folder(folder)
    for name, rows in tables.items():
        write_csv(folder / name, rows)
    return [folder / name for name in tables]


def _rows(section: SectionScores, kind: str, keep: Sequence[bool] | np.ndarray) -> list[tuple[str, Any]]:
    values: list[Any] = section.scores.tolist()
    if kind == KINDS[1]:
        values = [] if section.decisions is None else section.decisions.tolist()
    return [(file, value) for file, value, kept in zip(section.files, values, keep, strict=True) if kept]


def _check(section: SectionScores, edition: Edition) -> None:
    where = f"section {section.section} of {section.machine}"
    if not len(section):
        raise DataError(f"A submission needs at least one clip in each section, but {where} has none.")
    twice = [file for file, count in Counter(section.files).items() if count > 1]
    if twice:
        raise DataError(f"A submission has each clip once, but {where} has twice: {listing(twice)}.")
    bad = [file for file, score in zip(section.files, section.scores, strict=True) if not np.isfinite(score)]
    if bad:
        raise DataError(f"The scores of a submission must be finite, but in {where} those of {listing(bad)} are not.")
    if edition.submission.decisions and section.decisions is None:
        raise UsageError(f"A submission of {edition.year} needs decisions, but {where} has none.")
    if edition.submission.domains == DOMAINS and not np.isin(section.domains, DOMAINS).all():
        lost = [file for file, domain in zip(section.files, section.domains, strict=True) if domain not in DOMAINS]
        raise DataError(
            f"A submission of {edition.year} has files by domain, but in {where} the domain of {listing(lost)} "
            "is unknown."
        )
