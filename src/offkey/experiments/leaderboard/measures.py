"""Costs and promises of systems: false alarms, recall at a promised rate, time for a clip, size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offkey.evaluation.promise import Promise
from offkey.experiments.outcome import TOLD_RATES, Outcome

__all__ = ["Measures", "measures_of_outcomes", "measures_of_rows"]


@dataclass(frozen=True)
class Measures:
    """Measures of one system over all sections; None for what is not known.

    `alarms`: false alarms against the promised rate.
    `recall`: share of the anomalies above the threshold for a false-alarm rate of 0.01 and 0.05, by the rate's text.
    `ms`: time for scoring a clip whose features are known, in milliseconds.
    `mb`: size of what the detector has learnt, in MB, the mean over sections.
    """

    alarms: Promise | None = None
    recall: Mapping[str, float | None] = field(default_factory=dict)
    ms: float | None = None
    mb: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        alarms = self.alarms
        kept = None if alarms is None else alarms.kept
        return {
            "false_alarm_rate": None if alarms is None else alarms.n_alarms / alarms.n_normal,
            "promised_rate": None if alarms is None else alarms.rate,
            "promise_kept": kept,
            **{f"recall_at_{rate:g}": self.recall.get(f"{rate:g}") for rate in TOLD_RATES},
            "ms_per_clip": self.ms,
            "size_mb": self.mb,
        }


def measures_of_rows(rows: Iterable[Mapping[str, Any]]) -> Measures:
    """Return the measures of one system from its rows of ``results.csv``; numbers, None for what is empty."""
    whole = [row for row in rows if not row["domain"] and row["n_test"]]
    decided = [row for row in whole if row["false_alarm_rate"] is not None and row["n_normal"]]
    promised = {rate for row in decided if (rate := row.get("promised_rate")) is not None}
    alarms = None
    if len(promised) == 1:
        n_alarms = sum(round(row["false_alarm_rate"] * row["n_normal"]) for row in decided)
        alarms = Promise(promised.pop(), n_alarms, sum(int(row["n_normal"]) for row in decided))
    seconds = _every(whole, "score_s", sum)
    sizes = _every(whole, "size_mb", _mean)
    n_test = sum(row["n_test"] for row in whole)
    ms = None if seconds is None else 1000 * seconds / n_test
    return Measures(alarms, {f"{rate:g}": _recall(whole, f"recall_at_{rate:g}") for rate in TOLD_RATES}, ms, sizes)


def measures_of_outcomes(outcomes: Sequence[Outcome]) -> Measures:
    """Return the measures of a detector that was not calibrated: time and size."""
    n_test = sum(len(outcome.cell.test) for outcome in outcomes)
    sizes = [outcome.scored.size_mb for outcome in outcomes if outcome.scored.size_mb is not None]
    ms = 1000 * sum(outcome.scored.score_s for outcome in outcomes) / n_test if n_test else None
    return Measures(ms=ms, mb=_mean(sizes) if sizes else None)


def _recall(rows: Sequence[Mapping[str, Any]], column: str) -> float | None:
    """Return the share of all anomalies that were found; None where a section does not tell it."""
    counted = [(row.get(column), row["n_anomalous"]) for row in rows if row["n_anomalous"]]
    if not counted or any(recall is None for recall, _ in counted):
        return None
    return float(sum(recall * n for recall, n in counted) / sum(n for _, n in counted))


def _every(rows: Sequence[Mapping[str, Any]], column: str, join: Callable[[Sequence[float]], float]) -> float | None:
    """Join the values of a column; None where one is missing."""
    values = [row.get(column) for row in rows]
    known = [value for value in values if value is not None]
    return join(known) if known and len(known) == len(values) else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
