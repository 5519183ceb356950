"""The search itself: choose on the tuning part, then look at the reporting part, in this order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial

from offkey.errors import ParameterError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.detecting import detect
from offkey.experiments.leaderboard.board import Leaderboard
from offkey.experiments.measures import Figures, Metric, clearly_better, difference, figures
from offkey.experiments.outcome import Outcome
from offkey.experiments.reader import CellFeatures, Reader
from offkey.experiments.space import Space
from offkey.experiments.tuning.boards import cell_names, reporting_board, tuning_board
from offkey.experiments.tuning.division import Division
from offkey.experiments.tuning.results import Report, Trial, Tuned, remarks
from offkey.experiments.tuning.search import Search, check_search, planned, search_informed
from offkey.experiments.tuning.selection import (
    MOST,
    FeatureGroup,
    Selection,
    Step,
    groups_of,
    kept_scores,
    n_best,
    n_sets,
    rank,
)
from offkey.features.learning import Stage
from offkey.hearing.rates import common_rate
from offkey.work.jobs import checked_jobs

__all__ = ["TRIALS", "Tuner"]

TRIALS = 20
"""Candidates that a random or informed search tries by default."""


class Tuner:
    """Chooses among candidates on one part of the labelled clips, and reports on the other.

    `trials`: how many a search other than the grid tries; 20 by default.
    `jobs`: number of threads that read clips; by default one per processor.
    `stage`: called with the name of each long step and the number of its parts; what it returns is called after each
        part.
    """

    def __init__(
        self,
        space: Space,
        *,
        how: Search = Search.GRID,
        trials: int | None = None,
        metric: Metric = Metric.AUC,
        seed: int = 0,
        jobs: int | None = None,
        stage: Stage = lambda name, total: lambda: None,
    ) -> None:
        check_search(how, trials)
        space.check()
        self.space, self.how, self.metric, self.seed, self.stage = space, how, metric, seed, stage
        self.n_trials = TRIALS if trials is None else trials
        self.jobs = checked_jobs(jobs)

    def tune(self, division: Division, *, select_features: bool = False, most: int = MOST) -> Tuned:
        """Choose, then report.

        `select_features`: whether to rank the features of the chosen configuration, and to keep only some of them if
            that is clearly better: the best of many sets looks better than it is, so that the 95 % interval of its gain
            on the tuning part must lie above zero.
        `most`: into how many groups bands are joined, and how many groups or statistics are ranked.
        """
        cells = (*division.tuning, *division.reporting)
        rate, notes = common_rate([clip.path for cell in cells for clip in cell.train], None, self.jobs)
        reader = Reader(cells, jobs=self.jobs, rate=rate)
        trials = self._search(reader, division.tuning)
        fitted = [place for place, trial in enumerate(trials) if trial.figures is not None]
        if not fitted:
            raise ParameterError(f"None of {len(trials)} candidates can be fitted; the first: {trials[0].error}")
        best = max(fitted, key=lambda place: trials[place].value(self.metric))
        chosen = trials[best].candidate
        selection = self._select(reader, division, chosen, rate, most) if select_features else None
        configurations = [("default", self.space.default())] if trials[0].figures else []
        configurations.append(("chosen", chosen))
        if selection is not None and selection.keep is not None:
            configurations.append(("chosen, some features", chosen.keeping(selection.keep)))
        reports, boards = self._report(reader, division.reporting, configurations)
        boards.insert(0, tuning_board(self.space, self.metric, trials, best, cell_names(division.tuning)))
        told = [*division.notes, *notes, *remarks(self.space, self.metric, trials, best, reports, selection)]
        return Tuned(self.space, self.metric, division, trials, best, selection, reports, told, reader.left_out, boards)

    def _search(self, reader: Reader, cells: Sequence[Cell]) -> list[Trial]:
        """Try the default and then the candidates, each once."""
        candidates = [self.space.default(), *planned(self.space, self.how, self.n_trials, self.seed)]
        self._read(reader, cells, candidates)
        draws = self.n_trials if self.how is Search.OPTUNA else 0
        advance = self.stage("Trying candidates", len(candidates) + draws)
        trials: dict[str, Trial] = {}

        def measure(candidate: Candidate) -> float | None:
            if candidate.key not in trials:
                trials[candidate.key] = self._try(reader, cells, candidate)
            advance()
            found = trials[candidate.key].figures
            return None if found is None else found.by(self.metric)

        for candidate in candidates:
            measure(candidate)
        if draws:
            search_informed(self.space, draws, self.seed, measure)
        return list(trials.values())

    def _read(self, reader: Reader, cells: Sequence[Cell], candidates: Sequence[Candidate]) -> None:
        """Read the clips once for each front end, before the search, so that the time it takes is seen."""
        for candidate in {candidate.features_key: candidate for candidate in candidates}.values():
            with suppress(ParameterError):  # it is the candidate's own trouble, and met again when it is tried
                reader.read([(candidate, cell) for cell in cells], partial(self.stage, "Reading clips"))

    def _try(self, reader: Reader, cells: Sequence[Cell], candidate: Candidate) -> Trial:
        try:
            outcomes = self._scores(reader, cells, candidate)
            return Trial(candidate, figures(outcomes, seed=self.seed), outcomes=outcomes)
        except ParameterError as error:  # such as more neighbours than clips: this candidate's own trouble
            return Trial(candidate, None, str(error))

    def _scores(self, reader: Reader, cells: Sequence[Cell], candidate: Candidate) -> list[Outcome]:
        return [detect(candidate, reader.features(candidate, cell)) for cell in cells]

    def _select(self, reader: Reader, division: Division, chosen: Candidate, rate: int, most: int) -> Selection:
        """Rank on the tuning part alone; the reporting part is only looked at along the way that was found."""
        groups = groups_of(chosen, rate, most)
        tuning = [reader.features(chosen, cell) for cell in division.tuning]
        advance = self.stage("Ranking features", n_sets(len(groups), most))
        ranked = rank(tuning, chosen, groups, self.metric, most, advance=advance)
        self._read(reader, division.reporting, [chosen])
        reporting = [reader.features(chosen, cell) for cell in division.reporting]
        steps = []
        order: list[FeatureGroup] = []
        for group, alone in ranked:
            order.append(group)
            steps.append(Step(group, alone, *(self._kept(part, chosen, groups, order) for part in (tuning, reporting))))
        steps.append(Step(None, None, *(self._kept(part, chosen, groups, groups) for part in (tuning, reporting))))
        best = n_best(steps, self.metric)
        few, every = (kept_scores(tuning, chosen, groups, kept) for kept in (order[:best] or groups, groups))
        kept = best if clearly_better(few, every, self.metric, seed=self.seed) else 0
        return Selection(groups, steps, best, kept)

    def _kept(
        self,
        read: Sequence[CellFeatures],
        chosen: Candidate,
        groups: Sequence[FeatureGroup],
        kept: Collection[FeatureGroup],
    ) -> Figures:
        return figures(kept_scores(read, chosen, groups, kept), seed=self.seed)

    def _report(
        self, reader: Reader, cells: Sequence[Cell], configurations: Sequence[tuple[str, Candidate]]
    ) -> tuple[list[Report], list[Leaderboard]]:
        """Measure the configurations on the reporting part; return their figures, and their leaderboard."""
        self._read(reader, cells, [candidate for _, candidate in configurations])
        scored = {name: self._scores(reader, cells, candidate) for name, candidate in configurations}
        reports = []
        for name, candidate in configurations:
            compared = name != "default" and "default" in scored
            gain = difference(scored[name], scored["default"], seed=self.seed) if compared else None
            reports.append(Report(name, candidate, figures(scored[name], seed=self.seed), gain))
        return reports, [reporting_board(self.metric, scored, cell_names(cells))]
