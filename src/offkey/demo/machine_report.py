"""The tour's report of one machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offkey.model import Model, Result

__all__ = ["MachineReport"]


@dataclass(frozen=True)
class MachineReport:
    """A machine with the model of its normal clips and its scored test clips."""

    machine: str
    model: Model
    results: list[Result]
    truth: dict[str, dict[str, str]]  # row of truth.csv by file
    figures: dict[str, Any]  # of evaluate_scores

    def found(self) -> dict[str, tuple[int, int]]:
        """Return for each fault how many of its clips were called anomalous, and how many there are."""
        counts: dict[str, tuple[int, int]] = {}
        for result in self.results:
            fault = self.truth[result.file]["fault"]
            if fault:
                called, of = counts.get(fault, (0, 0))
                counts[fault] = (called + bool(result.anomalous), of + 1)
        return counts
