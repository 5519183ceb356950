"""Bootstrap intervals of official scores, and of the lead of one system over another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offkey.datasets.editions import find_edition
from offkey.datasets.editions.formula import Formula
from offkey.errors import DataError
from offkey.evaluation.intervals import (
    Difference,
    Interval,
    bootstrap_intervals,
    percentile_interval,
    stratified_counts,
)
from offkey.evaluation.official import official_score, terms
from offkey.evaluation.ranking import Floats, Ranking
from offkey.evaluation.sections import SectionScores

__all__ = ["official_difference", "official_interval", "resampled_scores"]


def official_interval(
    sections: Sequence[SectionScores],
    edition: int | str,
    *,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the stratified percentile bootstrap interval of an official score.

    Where all resamples agree, because every figure is perfect, the ends are those of the single figures'
    intervals, joined as the figures are; see `offkey.evaluation.intervals.bootstrap_intervals`.
    """
    scores = resampled_scores([sections], edition, n_resamples=n_resamples, seed=seed)[0]
    low, high = percentile_interval(scores, confidence)
    if high - low > 1e-12:
        return low, high
    formula, ends = find_edition(edition).score, []
    for section in sections:
        for term in terms(section, formula):
            found = bootstrap_intervals(
                section.labels[term.keep],
                section.scores[term.keep],
                max_fpr=formula.max_fpr,
                n_resamples=n_resamples,
                confidence=confidence,
                seed=seed,
            )
            ends.append(found.auc if term.max_fpr is None else found.pauc)
    low, high = _mean(np.array(ends), formula)
    return float(low), float(high)


def official_difference(
    sections: Sequence[SectionScores],
    reference: Sequence[SectionScores],
    edition: int | str,
    *,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Difference:
    """Return by how much one system's official score exceeds another's, with a paired interval.

    Both need the same clips, in any order. An interval without zero means a real difference.
    """
    ours, theirs = resampled_scores([sections, reference], edition, n_resamples=n_resamples, seed=seed)
    value = official_score(sections, edition).score - official_score(reference, edition).score
    return Difference(value, percentile_interval(ours - theirs, confidence))


def resampled_scores(
    systems: Sequence[Sequence[SectionScores]], edition: int | str, *, n_resamples: int = 1000, seed: int = 0
) -> list[Floats]:
    """Compute each system's official scores on resamples of the common clips, shape (n_resamples,).

    Clips are drawn inside each section, domain and label, the same ones for every system.
    """
    formula = find_edition(edition).score
    figures: list[list[Floats]] = [[] for _ in systems]
    for number, sections in enumerate(_aligned(systems)):
        first = sections[0]
        strata = np.char.add(first.domains, first.labels.astype(str))
        blocks = list(stratified_counts(strata, n_resamples, seed=seed + number))
        for system, section in enumerate(sections):
            for term in terms(section, formula):
                ranking = Ranking(section.labels[term.keep], section.scores[term.keep])
                drawn = [term.areas(ranking, counts[:, term.keep]) for counts in blocks]
                figures[system].append(np.concatenate(drawn))
    return [_mean(np.array(rows), formula) for rows in figures]


def _mean(figures: Floats, formula: Formula) -> Floats:
    if formula.mean == "arithmetic":
        return np.asarray(figures.mean(axis=0))
    return np.asarray(len(figures) / (1 / np.maximum(figures, np.finfo(float).eps)).sum(axis=0))


def _aligned(systems: Sequence[Sequence[SectionScores]]) -> list[list[SectionScores]]:
    """Group the systems' sections, with the clips of each in the order of the first system."""
    tables = [{(section.machine, section.section): section for section in system} for system in systems]
    for table in tables[1:]:
        for machine, name in sorted(set(table) ^ set(tables[0])):
            raise DataError(
                f"The systems cannot be compared: section {name} of {machine} was scored by one of them only."
            )
    return [[_reordered(table[key], tables[0][key]) for table in tables] for key in sorted(tables[0])]


def _reordered(section: SectionScores, like: SectionScores) -> SectionScores:
    if section.files == like.files:
        return section
    place = {file: index for index, file in enumerate(section.files)}
    different = sorted(set(place) ^ set(like.files))
    if different:
        raise DataError(
            f"The systems cannot be compared: in section {section.section} of {section.machine}, {len(different)} "
            f"clips were scored by one of them only, such as {different[0]}."
        )
    order = np.array([place[file] for file in like.files])
    decisions = None if section.decisions is None else section.decisions[order]
    labels, domains = section.labels[order], section.domains[order]
    return SectionScores(
        section.machine, section.section, like.files, section.scores[order], labels, domains, decisions
    )
