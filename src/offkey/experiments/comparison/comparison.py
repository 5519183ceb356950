"""Models side by side on the same clips: figures per machine and in total, and how sure their differences are.

Every resample draws the same clips for all systems, section by section, domain by domain and label by
label, so that what is easy or hard about a clip cancels out of the differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TypeAlias

import numpy as np

from offkey.datasets.editions import find_edition, published_set
from offkey.datasets.editions.edition import Edition
from offkey.errors import DataError, UsageError
from offkey.evaluation.intervals import Difference, percentile_interval, stratified_counts
from offkey.evaluation.official import rank_sections, score_ranked
from offkey.evaluation.official_intervals import resampled_scores
from offkey.evaluation.ranking import Floats, Ranking
from offkey.evaluation.sections import SectionScores
from offkey.experiments.comparison.common_clips import common_sections
from offkey.experiments.comparison.published import published
from offkey.experiments.comparison.results import Comparison, PartComparison, SystemFigures
from offkey.experiments.comparison.run_scores import RunScores, System, read_runs

__all__ = ["compare_runs"]

_DETAILS = ("auc_source", "auc_target", "pauc_source", "pauc_target")

Grid: TypeAlias = Sequence[Sequence[SectionScores]]
"""One row per section, one entry per system."""


def compare_runs(
    paths: Sequence[str | PathLike[str]], *, reference: str | None = None, n_resamples: int = 1000, seed: int = 0
) -> Comparison:
    """Compare all candidates of one or more benchmark runs.

    `reference`: a system's name, or a run that holds a single one; by default the first system of the first run.
    `n_resamples`: number of resamples of the paired bootstrap.
    """
    scores = read_runs(paths)
    chosen = _reference(scores.systems, reference)
    systems = [chosen, *(system for system in scores.systems if system is not chosen)]
    parts_of = [{key.part for key in system.cells} for system in systems]
    common = [part for part in ("dev", "eval") if all(part in parts for parts in parts_of)]
    if not common:
        raise DataError("The runs cannot be compared: some hold the development set alone, others the evaluation set.")
    notes = list(scores.notes)
    alone = set().union(*parts_of) - set(common)
    notes += [f"Part {part!r} is left out: not every run has it." for part in sorted(alone)]
    parts = [_compare_part(scores, systems, part, n_resamples, seed) for part in common]
    return Comparison(scores.dataset, scores.edition, chosen.name, parts, notes)


def _reference(systems: Sequence[System], wanted: str | None) -> System:
    if wanted is None:
        return systems[0]
    found = [system for system in systems if wanted in (system.name, system.candidate)]
    found = found or [
        system for system in systems if str(system.run) == wanted.rstrip("/") or system.run.name == wanted
    ]
    found = found or [system for system in systems if wanted in system.candidate.split("-")]  # a detector's name
    if len(found) == 1:
        return found[0]
    names = ", ".join(system.name for system in found or systems)
    problem = "is no system" if not found else "stands for several systems"
    raise UsageError(f"The reference {wanted!r} {problem}: expected one of {names}.")


def _compare_part(
    scores: RunScores, systems: Sequence[System], part: str, n_resamples: int, seed: int
) -> PartComparison:
    sections, notes = common_sections(systems, part)
    edition = None if scores.edition is None else find_edition(scores.edition)
    areas = [_areas(row, n_resamples, seed + number) for number, row in enumerate(sections)]
    machines = list(dict.fromkeys(row[0].machine for row in sections))
    rows: list[SystemFigures] = []
    for machine in (*machines, None):
        inside = [number for number, row in enumerate(sections) if machine in (None, row[0].machine)]
        auc, pauc = np.mean([areas[number] for number in inside], axis=0)
        grid = [sections[number] for number in inside]
        official, details = _official(grid, edition, n_resamples, seed, notes)
        drawn = {"auc": auc, "pauc": pauc, "official_score": official}
        for number, system in enumerate(systems):
            figures = {name: None if table is None else float(table[number, 0]) for name, table in drawn.items()}
            differences = {name: _difference(table, number) for name, table in drawn.items()}
            rows.append(SystemFigures(machine, system.name, figures | details[number], differences))
    others = [] if scores.edition is None else published(scores.edition, part)
    notes += _coverage(scores, part, machines) if others else []
    return PartComparison(part, sum(len(row[0]) for row in sections), rows, others, list(dict.fromkeys(notes)))


def _areas(row: Sequence[SectionScores], n_resamples: int, seed: int) -> Floats:
    """Return AUC and pAUC of one section, shape (2, n_systems, 1 + n_resamples): as measured, then resampled."""
    strata = np.char.add(row[0].domains, row[0].labels.astype(str))
    weights = [np.ones((1, len(row[0]))), *stratified_counts(strata, n_resamples, seed=seed)]
    systems = []
    for section in row:
        ranking = Ranking(section.labels, section.scores)
        systems.append(np.concatenate([np.array(ranking.areas(block)) for block in weights], axis=1))
    return np.stack(systems, axis=1)


def _official(
    grid: Grid, edition: Edition | None, n_resamples: int, seed: int, notes: list[str]
) -> tuple[Floats | None, list[dict[str, float | None]]]:
    """Return official scores, shape (n_systems, 1 + n_resamples), and the figures by domain of each system."""
    systems = [list(column) for column in zip(*grid, strict=True)]
    if edition is None:
        return None, [{} for _ in systems]
    try:
        ranked = [rank_sections(sections, edition.score) for sections in systems]
    except DataError as error:
        notes.append(f"No official score: {error}")
        return None, [dict.fromkeys(_DETAILS) for _ in systems]
    found = [score_ranked(one, edition) for one in ranked]
    samples = resampled_scores(ranked, edition.score, n_resamples=n_resamples, seed=seed)
    scores = np.array([np.concatenate([[one.score], drawn]) for one, drawn in zip(found, samples, strict=True)])
    return scores, [{name: one.means[edition.score.mean][name] for name in _DETAILS} for one in found]


def _difference(table: Floats | None, number: int) -> Difference | None:
    """Return a system's figure minus that of the reference, which is the first."""
    if table is None or number == 0:
        return None
    differences = table[number] - table[0]
    return Difference(float(differences[0]), percentile_interval(differences[1:]))


def _coverage(scores: RunScores, part: str, machines: Sequence[str]) -> list[str]:
    missing = [machine for machine in published_set(scores.dataset).machines_of(part) if machine not in machines]
    if not missing:
        return []
    return [f"Published totals are of all machines; these runs lack {', '.join(missing)}."]
