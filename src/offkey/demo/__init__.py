"""The tour: a small plant of synthetic machines, made, learnt, scored, evaluated and drawn."""

from offkey.demo.machine_report import MachineReport
from offkey.demo.tour import Tour, run_tour

__all__ = ["MachineReport", "Tour", "run_tour"]
