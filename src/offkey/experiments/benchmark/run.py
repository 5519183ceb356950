"""The benchmark: fit, score and evaluate a data set in its official layout, going on where it broke off."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import UsageError
from offkey.experiments.benchmark.measured import Measured, measure
from offkey.experiments.benchmark.outputs import write_files
from offkey.experiments.benchmark.report import write_report
from offkey.experiments.benchmark.run_folder import RunFolder
from offkey.experiments.benchmark.settings import Settings
from offkey.experiments.plan import make_plan
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
    reused: int
    seconds: float

    @property
    def notes(self) -> list[str]:
        """The remarks that a reader needs."""
        return self.measured.notes

    @property
    def failed(self) -> list[tuple[str, str]]:
        """The name and reason of each clip that could not be learnt from or scored."""
        return self.measured.failed

    def to_json(self) -> dict[str, Any]:
        """Return the results as JSON values."""
        plan = self.measured.plan
        return {
            "run": str(self.folder),
            "dataset": plan.dataset,
            "edition": plan.year,
            "results": self.measured.rows,
            "leaderboard": [board.to_json() for board in self.measured.boards],
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
    plan = make_plan(
        settings.dataset,
        settings.root,
        parts=settings.parts,
        machines=settings.machines,
        ground_truth=settings.ground_truth,
        channel=settings.channel,
        supplemental=settings.supplemental,
    )
    held = settings.held(plan)
    folder = RunFolder(settings.out, held)
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
    finished = runner.run(settings.candidates, known)
    measured = measure(plan, finished.outcomes, folder.path, promised=settings.false_alarm_rate, lost=finished.lost)
    write_files(folder.path, measured)
    seconds = time.perf_counter() - began
    write_report(folder.path / "report.html", measured)
    folder.clear(finished.lost)
    folder.finish(settings, measured, seconds)
    return BenchmarkRun(folder.path, measured, finished.reused, seconds)


def _check(settings: Settings) -> None:
    """Check before any work the fields of models, and that front ends that learn can read clips many times."""
    for candidate in settings.candidates:
        candidate.config(false_alarm_rate=settings.false_alarm_rate)
        if candidate.front_end().learns and is_remote(str(settings.root)):
            raise UsageError(
                f"The front end {candidate.features!r} learns from clips that it hears many times, and "
                f"{settings.root} is a store: name a folder to which it is copied, or where it is mounted."
            )
