"""Benchmarks of tiny sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from offkey.experiments.benchmark import BenchmarkRun, Settings, run_benchmark
from offkey.experiments.candidate import Candidate

DEAF = {"keep": [0, 1, 2, 3]}
"""Bands that do not hear the fault of the tiny sets, so that figures are neither 0 nor 1."""

BenchmarkMaker = Callable[..., BenchmarkRun]


@pytest.fixture(scope="session")
def knn() -> Candidate:
    """A candidate that is quick, and errs."""
    return Candidate("logmel", "knn", features_params=DEAF)


@pytest.fixture(scope="session")
def tiny_run(
    tmp_path_factory: pytest.TempPathFactory, tiny_edition: Callable[[int], Path], knn: Candidate
) -> BenchmarkMaker:
    """Return a function: year to a finished benchmark of both parts of a tiny set; not to be written to."""
    made: dict[int, BenchmarkRun] = {}

    def make(year: int) -> BenchmarkRun:
        if year not in made:
            root = tiny_edition(year)
            settings = Settings(
                f"dcase{year}",
                root,
                tmp_path_factory.mktemp(f"run{year}") / "run",
                [knn, Candidate("logmel", "mahalanobis", features_params=DEAF)],
                parts=("dev", "eval"),
                ground_truth=root / "ground_truth",
            )
            made[year] = run_benchmark(settings, jobs=2)
        return made[year]

    return make
