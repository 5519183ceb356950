"""The official score of each edition of DCASE Challenge Task 2.

========== ====================================================================================
2020       arithmetic mean of AUC and pAUC over machines and ids
2021       harmonic mean of AUC and pAUC over machines, sections and domains, each figure
           measured inside its domain
2022-2026  harmonic mean of AUC (source), AUC (target) and pAUC over machines and sections: the
           AUC of a domain sets that domain's normal clips against the anomalies of both
           domains, the pAUC takes all clips of the section
========== ====================================================================================

In 2020 the organisers ranked systems by the average rank of AUC and pAUC over the machines; the
mean of all AUC and pAUC is what later work compares by (Fujimura et al., arXiv 2507.10264). Later
editions: Kawaguchi et al., arXiv 2106.04492; Dohi et al., arXiv 2206.05876 and 2305.07828; Nishida
et al., arXiv 2406.07250, 2506.10097 and 2606.01578.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.errors import DataError, ParameterError
from offkey.evaluation.metrics import harmonic_mean, precision_recall_f1
from offkey.evaluation.ranking import Ranking
from offkey.evaluation.sections import DOMAINS, SectionScores, checked_edition

__all__ = ["COLUMNS", "OfficialScore", "Row", "Term", "official_score", "terms"]

COLUMNS = (
    "auc",
    "auc_source",
    "auc_target",
    "pauc",
    "pauc_source",
    "pauc_target",
    *(f"{rate}_{domain}" for rate in ("precision", "recall", "f1") for domain in DOMAINS),
)
"""The figures of a row; those that an edition does not know are None."""

Row: TypeAlias = dict[str, Any]


class Term(NamedTuple):
    """One figure that enters the official score.

    Attributes
    ----------
    column : str
        Its column, one of `COLUMNS`.
    partial : bool
        Whether it is a pAUC rather than an AUC.
    keep : ndarray of bool, shape (n_clips,)
        The clips of the section that it is measured on.
    """

    column: str
    partial: bool
    keep: NDArray[np.bool_]


@dataclass(frozen=True)
class OfficialScore:
    """The official score of a system, and the figures it comes from.

    Attributes
    ----------
    edition : int
        The year.
    score : float
        The official score, between 0 and 1.
    rows : list of dict
        A row a machine and section: ``machine``, ``section``, `COLUMNS`, and the counts ``n_normal``
        and ``n_anomalous``. In the editions from 2022 on ``auc`` is that of the whole section, which
        is reported but does not count.
    machine_means : list of dict
        A row a machine: its own ``score``, and the ``arithmetic`` and ``harmonic`` means of each
        column over its sections.
    means : dict
        The ``arithmetic`` and ``harmonic`` means of each column over all rows.
    """

    edition: int
    score: float
    rows: list[Row] = field(repr=False)
    machine_means: list[Row] = field(repr=False)
    means: dict[str, dict[str, float | None]] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; ``machines`` holds the rows."""
        return {
            "edition": self.edition,
            "official_score": self.score,
            "machines": self.rows,
            "machine_means": self.machine_means,
            "means": self.means,
        }


def official_score(sections: Sequence[SectionScores], edition: int | str) -> OfficialScore:
    """Compute the official score of an edition.

    Parameters
    ----------
    sections : sequence of SectionScores
        All sections of the system that is judged, each once.
    edition : int or str
        The year.

    Returns
    -------
    OfficialScore
        The score and the figures it comes from, rows by machine and section.

    Raises
    ------
    DataError
        If a section comes twice, or lacks clips of a label or domain that the edition needs.
    UsageError
        If there is no such edition.
    """
    year = checked_edition(edition)
    ordered = _ordered(sections)
    mean = _arithmetic_mean if year == 2020 else harmonic_mean
    rows, counted = [], []
    for section in ordered:
        figures = {term.column: _figure(section, term) for term in terms(section, year)}
        counted.append(list(figures.values()))
        rows.append(_row(section, figures, year))
    machine_means = []
    for machine in dict.fromkeys(section.machine for section in ordered):
        inside = [number for number, row in enumerate(rows) if row["machine"] == machine]
        score = mean([figure for number in inside for figure in counted[number]])
        machine_means.append({"machine": machine, "score": score, **_means([rows[number] for number in inside])})
    whole = mean([figure for figures in counted for figure in figures])
    return OfficialScore(year, whole, rows, machine_means, _means(rows))


def terms(section: SectionScores, edition: int) -> list[Term]:
    """Return the figures of one section that enter the official score of an edition.

    Parameters
    ----------
    section : SectionScores
        The clips of the section.
    edition : int
        The year.

    Returns
    -------
    list of Term
        The figures, each with the clips that it is measured on.
    """
    everything = np.ones(len(section), dtype=np.bool_)
    inside = {domain: section.domains == domain for domain in DOMAINS}
    if edition == 2020:
        return [Term("auc", False, everything), Term("pauc", True, everything)]
    if edition == 2021:
        return [
            Term(f"{'pauc' if partial else 'auc'}_{domain}", partial, inside[domain])
            for partial in (False, True)
            for domain in DOMAINS
        ]
    anomalous = section.labels == 1
    return [
        *(Term(f"auc_{domain}", False, inside[domain] | anomalous) for domain in DOMAINS),
        Term("pauc", True, everything),
    ]


def _figure(section: SectionScores, term: Term) -> float:
    try:
        areas = Ranking(section.labels[term.keep], section.scores[term.keep]).areas()
    except ParameterError as error:
        domain = term.column.partition("_")[2]
        where = f"the {domain} clips of section" if domain else "section"
        raise DataError(f"{where[0].upper()}{where[1:]} {section.section} of {section.machine}: {error}") from error
    return float(areas.pauc[0] if term.partial else areas.auc[0])


def _row(section: SectionScores, figures: dict[str, float], edition: int) -> Row:
    row: Row = {"machine": section.machine, "section": section.section, **dict.fromkeys(COLUMNS), **figures}
    if edition >= 2022:
        row["auc"] = _figure(section, Term("auc", False, np.ones(len(section), dtype=np.bool_)))
    if section.decisions is not None and edition >= 2021:
        for domain in DOMAINS:
            inside = section.domains == domain
            rates = precision_recall_f1(section.labels[inside], section.decisions[inside])
            row |= {f"{rate}_{domain}": value for rate, value in zip(("precision", "recall", "f1"), rates, strict=True)}
    n_anomalous = int(section.labels.sum())
    return {**row, "n_normal": len(section) - n_anomalous, "n_anomalous": n_anomalous}


def _means(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
    kinds: dict[str, Callable[[list[float]], float]] = {"arithmetic": _arithmetic_mean, "harmonic": harmonic_mean}
    table: dict[str, dict[str, float | None]] = {}
    for kind, mean in kinds.items():
        columns = {column: [row[column] for row in rows] for column in COLUMNS}
        table[kind] = {column: None if None in values else mean(values) for column, values in columns.items()}
    return table


def _arithmetic_mean(values: list[float]) -> float:
    return float(np.mean(values))


def _ordered(sections: Sequence[SectionScores]) -> list[SectionScores]:
    if not sections:
        raise DataError("An official score needs at least one machine and section. Got none.")
    ordered = sorted(sections, key=lambda section: (section.machine, section.section))
    for one, other in itertools.pairwise(ordered):
        if (one.machine, one.section) == (other.machine, other.section):
            raise DataError(f"Section {one.section} of {one.machine} is there twice: each section must come once.")
    return ordered
