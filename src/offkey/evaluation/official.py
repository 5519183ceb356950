"""The official score of an edition of DCASE Challenge Task 2: the formula in the edition's file, computed.

A mean, arithmetic or harmonic, of AUC and pAUC over machines and sections. A figure of a domain sets that domain's
normal clips against its own anomalies, or against those of both domains. Sources stand in the editions' files.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.datasets.editions import find_edition
from offkey.datasets.editions.edition import Edition
from offkey.datasets.editions.formula import Formula
from offkey.errors import DataError, ParameterError
from offkey.evaluation.metrics import harmonic_mean, precision_recall_f1
from offkey.evaluation.ranking import Floats, Ranking
from offkey.evaluation.sections import DOMAINS, SectionScores

__all__ = [
    "COLUMNS",
    "MEANS",
    "OfficialScore",
    "RankedSection",
    "Row",
    "Term",
    "clips_of_figure",
    "official_score",
    "rank_sections",
    "score_ranked",
]

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


def _arithmetic_mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


MEANS: dict[str, Callable[[list[float]], float]] = {"arithmetic": _arithmetic_mean, "harmonic": harmonic_mean}
"""The means that a formula may take."""


class Term(NamedTuple):
    """One figure of a section."""

    column: str  # one of COLUMNS
    max_fpr: float | None  # of a pAUC; None for an AUC
    keep: NDArray[np.bool_]  # clips of the section that it is measured on
    ranking: Ranking  # of these clips

    @property
    def value(self) -> float:
        """The figure itself."""
        return float(self.areas()[0])

    def areas(self, weights: Floats | None = None) -> Floats:
        """Return the figure for each row of weights of the section's clips; see `Ranking.areas`."""
        kept = None if weights is None else weights[:, self.keep]
        if self.max_fpr is None:
            return self.ranking.areas(kept).auc
        return self.ranking.areas(kept, max_fpr=self.max_fpr).pauc


class RankedSection(NamedTuple):
    """A section whose clips are ranked, once for all figures."""

    section: SectionScores
    counted: list[Term]  # the figures that enter the official score
    shown: list[Term]  # those that are shown beside it


@dataclass(frozen=True)
class OfficialScore:
    """The official score of a system, and the figures behind it.

    Attributes
    ----------
    edition : int
        The year.
    score : float
        The official score, between 0 and 1.
    rows : list of dict
        One row per machine and section: ``machine``, ``section``, `COLUMNS`, and the counts ``n_normal`` and
        ``n_anomalous``. Figures listed as ``also_shown`` in the edition's formula do not count towards the score.
    machine_means : list of dict
        One row per machine: its own ``score``, and the ``arithmetic`` and ``harmonic`` means of each
        column over its sections.
    means : dict
        The ``arithmetic`` and ``harmonic`` means of each column over all rows.

    Examples
    --------
    >>> from offkey.evaluation import dcase_score
    >>> dcase_score("submission", 2020).official.means["arithmetic"]["auc"]
    0.75
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
        All sections of the system, each once.
    edition : int or str
        The year.

    Returns
    -------
    OfficialScore
        The score and the figures behind it, one row per machine and section.

    Raises
    ------
    DataError
        If a section occurs twice, or lacks clips of a label or domain that the edition needs.
    UsageError
        If there is no such edition.

    Examples
    --------
    >>> import numpy as np
    >>> from offkey.evaluation import SectionScores, official_score
    >>> labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.3, 0.8])
    >>> section = SectionScores("fan", "00", ("a", "b", "c", "d"), scores, labels, np.full(4, ""))
    >>> round(official_score([section], 2020).score, 4)
    0.7434
    """
    found = find_edition(edition)
    return score_ranked(rank_sections(sections, found.score), found)


def rank_sections(sections: Sequence[SectionScores], formula: Formula) -> list[RankedSection]:
    """Rank the clips of all sections as a formula needs them, by machine and section; errors as of `official_score`."""
    return [
        RankedSection(section, _terms(section, formula, formula.figures), _terms(section, formula, formula.also_shown))
        for section in _ordered(sections)
    ]


def score_ranked(ranked: Sequence[RankedSection], edition: Edition) -> OfficialScore:
    """Compute the official score of sections that are ranked by the edition's formula."""
    mean = MEANS[edition.score.mean]
    rows = [_row(one, edition.score) for one in ranked]
    counted = [[row[term.column] for term in one.counted] for one, row in zip(ranked, rows, strict=True)]
    machine_means = []
    for machine in dict.fromkeys(row["machine"] for row in rows):
        inside = [number for number, row in enumerate(rows) if row["machine"] == machine]
        score = mean([figure for number in inside for figure in counted[number]])
        machine_means.append({"machine": machine, "score": score, **_means([rows[number] for number in inside])})
    whole = mean([figure for figures in counted for figure in figures])
    return OfficialScore(edition.year, whole, rows, machine_means, _means(rows))


def clips_of_figure(inside: NDArray[np.bool_], labels: NDArray[np.int8], formula: Formula | None) -> NDArray[np.bool_]:
    """Return which clips a figure of a domain is measured on; without a formula, those `inside` the domain."""
    return inside | (labels == 1) if formula is not None and formula.anomalies == "both" else inside


def _terms(section: SectionScores, formula: Formula, columns: Sequence[str]) -> list[Term]:
    """Return figures of one section; those of the same clips share a ranking."""
    ranked: dict[str, tuple[NDArray[np.bool_], Ranking]] = {}
    found = []
    for column in columns:
        area, _, domain = column.partition("_")
        if domain not in ranked:
            ranked[domain] = _ranked(section, domain, formula)
        found.append(Term(column, formula.max_fpr if area == "pauc" else None, *ranked[domain]))
    return found


def _ranked(section: SectionScores, domain: str, formula: Formula) -> tuple[NDArray[np.bool_], Ranking]:
    """Return which clips a figure of a domain, or of all for an empty one, is measured on, and their ranking."""
    keep = np.ones(len(section), dtype=np.bool_)
    if domain:
        keep = clips_of_figure(section.domains == domain, section.labels, formula)
    try:
        return keep, Ranking(section.labels[keep], section.scores[keep])
    except ParameterError as error:
        where = f"The {domain} clips of section" if domain else "Section"
        raise DataError(f"{where} {section.section} of {section.machine}: {error}") from error


def _row(ranked: RankedSection, formula: Formula) -> Row:
    section = ranked.section
    row: Row = {"machine": section.machine, "section": section.section, **dict.fromkeys(COLUMNS)}
    row |= {term.column: term.value for term in (*ranked.counted, *ranked.shown)}
    if section.decisions is not None and formula.has_domains:
        for domain in DOMAINS:
            inside = section.domains == domain
            rates = precision_recall_f1(section.labels[inside], section.decisions[inside])
            row |= {f"{rate}_{domain}": value for rate, value in zip(("precision", "recall", "f1"), rates, strict=True)}
    n_anomalous = int(section.labels.sum())
    return {**row, "n_normal": len(section) - n_anomalous, "n_anomalous": n_anomalous}


def _means(rows: Sequence[Row]) -> dict[str, dict[str, float | None]]:
    table: dict[str, dict[str, float | None]] = {}
    for kind, mean in MEANS.items():
        columns = {column: [row[column] for row in rows] for column in COLUMNS}
        table[kind] = {column: None if None in values else mean(values) for column, values in columns.items()}
    return table


def _ordered(sections: Sequence[SectionScores]) -> list[SectionScores]:
    if not sections:
        raise DataError("An official score needs at least one machine and section. Got none.")
    ordered = sorted(sections, key=lambda section: (section.machine, section.section))
    for first, second in itertools.pairwise(ordered):
        if (first.machine, first.section) == (second.machine, second.section):
            raise DataError(f"Section {first.section} of {first.machine} is there twice: each section must come once.")
    return ordered
