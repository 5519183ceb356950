"""Runs of benchmarks and published results against each other, on the clips that they have in common."""

from offkey.experiments.comparison.comparison import compare
from offkey.experiments.comparison.results import Comparison

__all__ = ["Comparison", "compare"]
