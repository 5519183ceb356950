"""From no recordings at all to scores, decisions and a picture, in one call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.demo.machine_report import MachineReport
from offkey.errors import UsageError
from offkey.evaluation.report import evaluate_scores
from offkey.files import atomic_text
from offkey.hearing.inputs import read_clips
from offkey.model import fit
from offkey.model.score_table import write_scores
from offkey.synthetic import Counts, Plant, machines, write_dataset
from offkey.tables import read_text_table
from offkey.work.jobs import checked_jobs

__all__ = ["Tour", "run_tour"]

Advance = Callable[[], None]


@dataclass(frozen=True)
class Tour:
    """Everything that the tour made."""

    folder: Path  # with plant/ (the clips), models/, scores.csv and demo.png
    machines: list[MachineReport]
    seconds: float


def run_tour(
    folder: Path,
    *,
    seed: int = 0,
    snr_db: float = 6.0,
    train: int = 60,
    test: int = 20,
    jobs: int | None = None,
    stage: Callable[[str, int], Advance] | None = None,
) -> Tour:
    """Make a plant in a new or empty folder, fit one model per machine, score test clips, evaluate, and draw.

    `snr_db` is the level of the machines over the factory's noise. Each machine gets `train` normal clips, and `test`
    clips of either kind. `stage` is called with name and length of each stage, and returns what is called after each
    step.
    """
    began = time.perf_counter()
    stage = stage or (lambda _name, _steps: lambda: None)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder: name a new one for the demo, or remove it.")
    names = machines()
    advance = stage("Making clips", len(names) * (train + 2 * test))
    counts = Counts(train=train, test_normal=test, test_anomaly=test)
    plant = Plant(seed, snr_db=snr_db)
    threads = checked_jobs(jobs)
    table = write_dataset(folder / "plant", plant, counts=counts, jobs=threads, progress=lambda _done, _all: advance())
    truth = _read_truth(table)
    (folder / "models").mkdir()
    advance = stage("Learning and scoring", len(names) * (train + 2 * test))
    reports = [_one_machine(folder, machine, truth, jobs, advance) for machine in names]
    with atomic_text(folder / "scores.csv") as file:
        write_scores([result for report in reports for result in report.results], file)
    from offkey.demo.picture import draw

    draw(reports, folder / "demo.png")
    return Tour(folder, reports, time.perf_counter() - began)


def _one_machine(
    folder: Path, machine: str, truth: dict[str, dict[str, str]], jobs: int | None, advance: Advance
) -> MachineReport:
    model = fit(folder / "plant" / machine / "train", jobs=jobs, advance=advance)
    model.save(folder / "models" / f"{machine}.offkey")
    sources = read_clips(folder / "plant" / machine / "test", None).sources
    results = list(model.results(sources, jobs=jobs, advance=advance))
    columns: dict[str, list[Any]] = {
        "file": [result.file for result in results],
        "score": [result.score for result in results],
        "anomalous": [int(bool(result.anomalous)) for result in results],
    }
    return MachineReport(machine, model, results, truth, evaluate_scores(columns).overall)


def _read_truth(table: Path) -> dict[str, dict[str, str]]:
    rows = read_text_table(table, "table of faults", ["file"]).rows(["file"])
    return {str(table.parent / row["file"]): row for _, row in rows}
