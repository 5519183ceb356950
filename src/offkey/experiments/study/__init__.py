"""Detectors against each other over their settings, on every machine id: the classic study."""

from offkey.experiments.study.study import Study, Trial, run_study
from offkey.experiments.study.systems import default_values, spaces

__all__ = ["Study", "Trial", "default_values", "run_study", "spaces"]
