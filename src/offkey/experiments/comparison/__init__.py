"""Runs of benchmarks and published results against each other, on the clips that they have in common."""
