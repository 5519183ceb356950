"""Experiments on labelled data sets: benchmark, tuning, study, comparison, pseudo-labels."""
