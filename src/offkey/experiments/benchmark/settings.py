"""The settings of a benchmark, and those that a run folder keeps to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offkey.audio import Channel
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import SetPart, Supplemental
from offkey.experiments.plan import Plan

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The settings that a user asks for."""

    dataset: str
    root: Path | str
    out: Path  # the run's folder; its parent must exist
    candidates: list[Candidate] = field(default_factory=lambda: [Candidate()])
    parts: tuple[SetPart, ...] = ("dev",)
    machines: tuple[str, ...] | None = None  # only these; by default all that are there
    channel: Channel | None = None  # what is heard; by default what the set's official baseline hears
    false_alarm_rate: float = 0.01  # share of normal clips that may be called anomalous
    ground_truth: Path | None = None
    supplemental: Supplemental = "ignore"  # {"ignore", "use"}; whether clips of noise alone are used
    store: str | None = None  # folder or URL for features and finished fits; by default ``store`` in the run's folder

    def held(self, plan: Plan) -> dict[str, Any]:
        """Return what all results of one run folder have in common, by the option that sets it."""
        return {
            "--dataset": self.dataset,
            "--part": "both" if len(self.parts) > 1 else self.parts[0],
            "--machine": sorted(machine.lower() for machine in self.machines) if self.machines else None,
            "--channel": plan.channel,
            "--false-alarm-rate": self.false_alarm_rate,
            "--supplemental": "use" if any(cell.noise for cell in plan.cells) else None,
            "--run": self.store,
        }
