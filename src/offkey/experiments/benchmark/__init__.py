"""The benchmark: data sets in their official layout to results, official scores, submissions and a report."""

from offkey.experiments.benchmark.combinations import Combination, combinations
from offkey.experiments.benchmark.run import BenchmarkRun, run_benchmark
from offkey.experiments.benchmark.settings import Settings

__all__ = ["BenchmarkRun", "Combination", "Settings", "combinations", "run_benchmark"]
