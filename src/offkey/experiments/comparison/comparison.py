"""Models side by side on the same clips: figures per machine and in total, and how sure their differences are."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from offkey.datasets.editions import find_edition, published_set
from offkey.errors import DataError, UsageError
from offkey.experiments.cell import PART_NAMES
from offkey.experiments.comparison.published import published
from offkey.experiments.comparison.results import Comparison, PartComparison, SystemFigures
from offkey.experiments.comparison.run_scores import RunScores, RunSystem, read_runs
from offkey.experiments.leaderboard.board import leaderboard
from offkey.experiments.leaderboard.measures import Measures
from offkey.experiments.paired import FIGURES, PairedFigures, measure_paired

__all__ = ["compare"]


def compare(
    runs: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    reference: str | None = None,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare models on the same clips: all candidates of one or more benchmark runs.

    Parameters
    ----------
    runs : path, or sequence of them
        Folders that ``offkey benchmark --out`` wrote.
    reference : str, optional
        The candidate that the others are compared with: its name, the detector that it alone has, or a run that holds
        it alone. By default the first candidate of the first run.
    n_resamples : int, default 1000
        Number of resamples of the paired bootstrap.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Comparison
        The leaderboard of each part of the data set; notebooks show it.

    Raises
    ------
    DataError
        If a folder is not a run, or the runs have no clips in common.
    UsageError
        If the reference matches no candidate, or several.

    Examples
    --------
    >>> import offkey
    >>> found = offkey.compare("run", n_resamples=100)
    >>> found.save("leaderboard.md")
    >>> found.leaderboards[0].places[0].title
    'knn (logmel)'
    """
    paths = [runs] if isinstance(runs, str | PathLike) else list(runs)
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


def _reference(systems: Sequence[RunSystem], wanted: str | None) -> RunSystem:
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
    scores: RunScores, systems: Sequence[RunSystem], part: str, n_resamples: int, seed: int
) -> PartComparison:
    edition = None if scores.edition is None else find_edition(scores.edition)
    paired = measure_paired(systems, part, edition, n_resamples=n_resamples, seed=seed)
    rows = [row for found in (*paired.machines, paired.total) for row in _rows(found, systems)]
    others = [] if scores.edition is None else published(scores.edition, part)
    machines = [found.machine or "" for found in paired.machines]
    notes = [*paired.notes, *(_coverage(scores, part, machines) if others else [])]
    measures = {system.name: system.measures.get(part, Measures()) for system in systems}
    title = f"{scores.dataset}{f', {PART_NAMES[part]}' if edition else ''}: {paired.n_clips} clips"
    board = leaderboard(title, systems, paired, measures=measures, reference=0)
    return PartComparison(part, paired.n_clips, board, rows, others, list(dict.fromkeys(notes)))


def _rows(found: PairedFigures, systems: Sequence[RunSystem]) -> list[SystemFigures]:
    """Return the figures of all systems on one machine; the first is what the others are compared with."""
    rows = []
    for number, system in enumerate(systems):
        figures = {name: found.value(name, number) for name in FIGURES} | found.details[number]
        differences = {name: found.difference(name, number, 0) for name in FIGURES}
        rows.append(SystemFigures(found.machine, system.name, figures, differences))
    return rows


def _coverage(scores: RunScores, part: str, machines: Sequence[str]) -> list[str]:
    missing = [machine for machine in published_set(scores.dataset).machines_of(part) if machine not in machines]
    if not missing:
        return []
    return [f"Published totals are of all machines; these runs lack {', '.join(missing)}."]
