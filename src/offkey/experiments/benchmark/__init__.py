"""The benchmark: data sets in their official layout to results, official scores, submissions and a report."""

from offkey.experiments.benchmark.candidates import candidates
from offkey.experiments.benchmark.run import BenchmarkRun, run_benchmark
from offkey.experiments.benchmark.settings import Settings

__all__ = ["BenchmarkRun", "Settings", "candidates", "run_benchmark"]
