"""The benchmark: fit, score and evaluate a data set in its official layout, going on where it broke off."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import UsageError
from offkey.experiments.benchmark.measured import Measured, measure
from offkey.experiments.benchmark.outputs import write_files
from offkey.experiments.benchmark.report import write_report
from offkey.experiments.benchmark.run_folder import RunFolder
from offkey.experiments.benchmark.settings import Settings
from offkey.experiments.candidate import Candidate
from offkey.experiments.outcome import Outcome
from offkey.experiments.runner import Runner
from offkey.features.learning import Stage
from offkey.work.executor import Executor
from offkey.work.folders import is_remote
from offkey.work.jobs import checked_jobs

__all__ = ["BenchmarkRun", "run_benchmark"]


@dataclass(frozen=True)
class BenchmarkRun:
    """The result of a benchmark; everything stands in the files of its folder as well."""

    folder: Path
    measured: Measured
    notes: list[str]
    failed: list[tuple[str, str]]  # name and reason of each clip that could not be learnt from or scored, each once
    reused: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the results as JSON values."""
        plan = self.measured.plan
        return {
            "run": str(self.folder),
            "dataset": plan.dataset,
            "edition": plan.year,
            "results": self.measured.rows,
            "official": [standing.to_json() for standing in self.measured.standings],
            "notes": self.notes,
            "errors": [{"file": name, "error": reason} for name, reason in self.failed],
            "reused": self.reused,
            "seconds": self.seconds,
        }


def run_benchmark(
    settings: Settings, *, jobs: int | None = None, stage: Stage | None = None, executor: Executor | None = None
) -> BenchmarkRun:
    """Fit, score and evaluate every candidate on every machine and section.

    What an earlier run into the same folder finished, with the same configuration on the same clips, is
    not computed again; candidates that it finished and that are not asked for now stay in the results.

    `jobs`: number of threads; by default one per processor.
    `stage`: called with the name and length of each stage; returns what is to be called after each step.
    `executor`: the executor that reads and fits; by default threads of this process. The results are the same.
    """
    began = time.perf_counter()
    _check(settings)
    plan = settings.plan()
    folder = RunFolder(settings.out, settings.held(plan))
    known = [*folder.earlier, *(candidate for candidate in settings.candidates if candidate not in folder.earlier)]
    folder.write(known, complete=False, dataset=plan.dataset, edition=plan.year)
    runner = Runner(
        plan.cells,
        folder.path / "store",
        settings.store or str(folder.path / "store"),
        false_alarm_rate=settings.false_alarm_rate,
        jobs=checked_jobs(jobs),
        stage=stage or (lambda _name, _steps: lambda: None),
        executor=executor,
    )
    reused = runner.run(settings.candidates)
    finished = [(candidate, runner.find_all(candidate)) for candidate in known]
    outcomes = [outcome for _, found in finished for outcome in found or ()]
    lost = [candidate for candidate, found in finished if found is None]  # an earlier run began them
    folder.clear(lost)
    measured = measure(plan, outcomes, settings.false_alarm_rate)
    write_files(folder.path, measured)
    notes = _notes(measured, lost)
    run = BenchmarkRun(folder.path, measured, notes, _failed(outcomes), reused, time.perf_counter() - began)
    write_report(folder.path / "report.html", measured, notes, run.failed)
    folder.write(measured.candidates, complete=True, **_described(settings, run))
    return run


def _check(settings: Settings) -> None:
    """Check before any work the fields of models, and that front ends that learn can hear clips many times."""
    for candidate in settings.candidates:
        candidate.config(false_alarm_rate=settings.false_alarm_rate)
        if candidate.front_end().learns and is_remote(str(settings.root)):
            raise UsageError(
                f"The front end {candidate.features!r} learns from clips that it hears many times, and "
                f"{settings.root} is a store: name a folder to which it is copied, or where it is mounted."
            )


def _notes(measured: Measured, lost: Sequence[Candidate]) -> list[str]:
    notes = list(measured.plan.notes)
    if measured.plan.proxies:
        notes.insert(
            0, f"Proxies stand in for anomalies: {', '.join(measured.plan.proxies)}. These are no real faults."
        )
    notes += [f"{one.name} was not finished on these clips and is left out: ask for it again." for one in lost]
    of_front_ends = {note for one in measured.candidates for note in one.front_end().notes()}  # the same for every cell
    for standing in measured.standings:
        notes += [f"{standing.candidate.name} ({standing.part}): {note}" for note in standing.notes]
    for outcome in measured.outcomes:
        notes += [outcome.scored.error] if outcome.scored.error else []
        notes += [note if note in of_front_ends else f"{outcome.cell.name}: {note}" for note in outcome.scored.notes]
    return list(dict.fromkeys([*notes, *measured.broken_promises()]))


def _failed(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    failed: dict[str, str] = {}
    for outcome in outcomes:
        for name, reason in outcome.scored.left_out:
            failed.setdefault(name, reason)
        for clip in outcome.scored.clips:
            if clip.error is not None:
                failed.setdefault(clip.name, clip.error)
    return list(failed.items())


def _described(settings: Settings, run: BenchmarkRun) -> dict[str, Any]:
    """Return what ``run.json`` tells beside the candidates."""
    first = run.measured.outcomes[: len(run.measured.plan.cells)]
    digests = "".join(outcome.scored.train_digest + outcome.scored.test_digest for outcome in first)
    return {
        "dataset": settings.dataset,
        "edition": run.measured.plan.year,
        "root": str(settings.root),
        "ground_truth": None if settings.ground_truth is None else str(settings.ground_truth),
        "data_digest": hashlib.sha256(digests.encode()).hexdigest(),
        "groups": [_cell_described(outcome) for outcome in first],
        "notes": run.notes,
        "errors": len(run.failed),
        "seconds": round(run.seconds, 3),
    }


def _cell_described(outcome: Outcome) -> dict[str, Any]:
    cell, scored = outcome.cell, outcome.scored
    return {
        "part": cell.part,
        "machine": cell.machine,
        "section": cell.section,
        "snr_db": cell.snr_db,
        "n_train": len(cell.train),
        "n_test": len(cell.test),
        "rate": scored.rate,
        "train_digest": scored.train_digest,
        "test_digest": scored.test_digest,
    }
