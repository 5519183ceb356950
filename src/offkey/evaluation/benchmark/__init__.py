"""The benchmark: data sets in their official layout to results, official scores, submissions and a report."""

from offkey.evaluation.benchmark.combinations import Combination, combinations
from offkey.evaluation.benchmark.run import BenchmarkRun, run_benchmark
from offkey.evaluation.benchmark.settings import Settings

__all__ = ["BenchmarkRun", "Combination", "Settings", "combinations", "run_benchmark"]
