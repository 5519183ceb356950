"""The rows of ``results.csv``: what each candidate is worth on each machine, section and domain.

A row without a domain is measured on all test clips of the section. A row of a domain is measured as the
edition's formula does it: its normal clips are set against the anomalies of both domains, or, as where there is
no edition, against those of the domain alone. The counts tell which clips they are.
Decisions are counted among the domain's own clips, as in the evaluators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.datasets.editions.edition import Edition
from offkey.evaluation.evaluating import evaluate
from offkey.evaluation.metrics import detection
from offkey.evaluation.official import clips_of_figure
from offkey.evaluation.promise import Promise, broken_promises
from offkey.experiments.cell import CellKey
from offkey.experiments.outcome import TOLD_RATES, Outcome

__all__ = ["RESULT_COLUMNS", "promise_notes", "result_rows"]

RESULT_COLUMNS = (
    *("part", "machine", "section", "snr_db", "domain", "features", "detector", "seed", "combination"),
    *("auc", "auc_low", "auc_high", "pauc", "pauc_low", "pauc_high", "n_normal", "n_anomalous"),
    *("precision", "recall", "f1", "false_alarm_rate", "promised_rate", "promise_kept"),
    *("threshold", "n_train", "n_test", "n_errors"),
    *("fit_s", "score_s", "error"),
    *(f"recall_at_{rate:g}" for rate in TOLD_RATES),
    "size_mb",
)
"""Columns of ``results.csv``; `section` also holds a machine id."""


def result_rows(outcome: Outcome, edition: Edition | None, promised: float = 0.01) -> list[dict[str, Any]]:
    """Return the rows of one candidate and cell: of the whole section, then of each domain.

    `promised`: the share of normal clips that may be called anomalous.
    Returns: by `RESULT_COLUMNS`; None for what is unknown.
    """
    everything = np.ones(len(outcome.labels), dtype=np.bool_)
    rows = [_row(outcome, None, everything, everything)]
    domains = sorted(set(outcome.domains.tolist()))
    if len(domains) > 1:
        formula = None if edition is None else edition.score
        for domain in domains:
            inside = outcome.domains == domain
            rows.append(_row(outcome, domain or "unknown", clips_of_figure(inside, outcome.labels, formula), inside))
    for row in rows:
        if (promise := _promise(row, promised)) is not None:
            row |= {"promised_rate": promised, "promise_kept": int(promise.kept)}
    return rows


def promise_notes(rows: Sequence[Mapping[str, Any]], promised: float) -> list[str]:
    """Say for which machines, sections and domains there are more false alarms than promised."""
    several = len({row["combination"] for row in rows}) > 1
    found = []
    for row in rows:
        if (promise := _promise(row, promised)) is not None:
            name = CellKey.of(row).name
            name += f", {row['domain']} domain" if row["domain"] else ""
            found.append((f"{name} by {row['combination']}" if several else name, promise))
    return broken_promises(found)


def _promise(row: Mapping[str, Any], promised: float) -> Promise | None:
    """Return how a row's rate was kept; None where nothing was decided about normal clips."""
    if row["false_alarm_rate"] is None or not row["n_normal"]:
        return None
    return Promise(promised, round(row["false_alarm_rate"] * row["n_normal"]), row["n_normal"])


def _row(
    outcome: Outcome, domain: str | None, measured: NDArray[np.bool_], decided: NDArray[np.bool_]
) -> dict[str, Any]:
    cell, scored, candidate = outcome.cell, outcome.scored, outcome.candidate
    row: dict[str, Any] = dict.fromkeys(RESULT_COLUMNS)
    row |= {"part": cell.part, "machine": cell.machine, "section": cell.section, "snr_db": cell.snr_db}
    row |= {"domain": domain, "features": candidate.features, "detector": candidate.detector}
    row |= {"seed": candidate.seed, "combination": candidate.name}
    row |= {"threshold": scored.threshold, "n_train": scored.n_train, "fit_s": scored.fit_s, "score_s": scored.score_s}
    row |= {"size_mb": scored.size_mb}
    row |= {"n_test": len(cell.test), "n_errors": outcome.n_errors, "error": scored.error}
    labels = outcome.labels[measured]
    n_anomalous = int(labels.sum())
    row |= {"n_normal": len(labels) - n_anomalous, "n_anomalous": n_anomalous}
    if 0 < n_anomalous < len(labels):
        found = evaluate(labels, outcome.scores[measured])
        for name in ("auc", "pauc"):
            row[name], (row[f"{name}_low"], row[f"{name}_high"]) = found[name], found[f"{name}_ci"]
    if decided.any():
        rates = detection(outcome.labels[decided], outcome.decisions[decided])
        row |= {f"recall_at_{rate:g}": outcome.recall_at(rate, decided) for rate in TOLD_RATES}
        row |= {name: getattr(rates, name) for name in ("precision", "recall", "f1", "false_alarm_rate")}
    return row
