"""The rows of ``results.csv``: what each candidate is worth on each machine, section and domain.

A row without a domain is measured on all test clips of the section. A row of a domain is measured as the
edition's formula does it: its normal clips are set against the anomalies of both domains, or, as where there is
no edition, against those of the domain alone. The counts tell which clips they are.
Decisions are counted among the domain's own clips, as in the evaluators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.datasets.editions.edition import Edition
from offkey.evaluation.intervals import bootstrap_intervals
from offkey.evaluation.metrics import detection
from offkey.evaluation.official import measured_on
from offkey.evaluation.ranking import Ranking
from offkey.experiments.outcome import Outcome
from offkey.tables import write_csv

__all__ = ["RESULT_COLUMNS", "cell_means", "result_rows", "write_results"]

RESULT_COLUMNS = (
    *("part", "machine", "section", "snr_db", "domain", "features", "detector", "seed", "combination"),
    *("auc", "auc_low", "auc_high", "pauc", "pauc_low", "pauc_high", "n_normal", "n_anomalous"),
    *("precision", "recall", "f1", "false_alarm_rate", "promised_rate", "promise_kept"),
    *("threshold", "n_train", "n_test", "n_errors"),
    *("fit_s", "score_s", "error"),
)
"""Columns of ``results.csv``; `section` also holds a machine id."""


def result_rows(outcome: Outcome, edition: Edition | None) -> list[dict[str, Any]]:
    """Return the rows of one candidate and cell: of the whole section, then of each domain.

    Returns: by `RESULT_COLUMNS`; None for what is unknown.
    """
    everything = np.ones(len(outcome.labels), dtype=np.bool_)
    rows = [_row(outcome, None, everything, everything)]
    domains = sorted(set(outcome.domains.tolist()))
    if len(domains) > 1:
        formula = None if edition is None else edition.score
        for domain in domains:
            inside = outcome.domains == domain
            rows.append(_row(outcome, domain or "unknown", measured_on(inside, outcome.labels, formula), inside))
    return rows


def cell_means(rows: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return the arithmetic means of AUC and pAUC over whole sections; None if one lacks them."""
    whole = [row for row in rows if row["domain"] is None]
    means: dict[str, float | None] = {}
    for column in ("auc", "pauc"):
        values = [row[column] for row in whole]
        means[f"{column}_mean"] = None if None in values or not values else float(np.mean(values))
    return means


def write_results(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV, with `RESULT_COLUMNS` as the header; an OffkeyError says why it cannot be written."""
    write_csv(path, [RESULT_COLUMNS, *([row[column] for column in RESULT_COLUMNS] for row in rows)])


def _row(
    outcome: Outcome, domain: str | None, measured: NDArray[np.bool_], decided: NDArray[np.bool_]
) -> dict[str, Any]:
    cell, scored, candidate = outcome.cell, outcome.scored, outcome.candidate
    row: dict[str, Any] = dict.fromkeys(RESULT_COLUMNS)
    row |= {"part": cell.part, "machine": cell.machine, "section": cell.section, "snr_db": cell.snr_db}
    row |= {"domain": domain, "features": candidate.features, "detector": candidate.detector}
    row |= {"seed": candidate.seed, "combination": candidate.name}
    row |= {"threshold": scored.threshold, "n_train": scored.n_train, "fit_s": scored.fit_s, "score_s": scored.score_s}
    row |= {"n_test": len(cell.test), "n_errors": outcome.n_errors, "error": scored.error}
    return row | _areas(outcome.labels[measured], outcome.scores[measured]) | _rates(outcome, decided)


def _areas(labels: NDArray[np.int8], scores: NDArray[np.float64]) -> dict[str, Any]:
    n_anomalous = int(labels.sum())
    found: dict[str, Any] = {"n_normal": len(labels) - n_anomalous, "n_anomalous": n_anomalous}
    if 0 < n_anomalous < len(labels):
        areas, intervals = Ranking(labels, scores).areas(), bootstrap_intervals(labels, scores)
        found |= {"auc": float(areas.auc[0]), "pauc": float(areas.pauc[0])}
        found |= dict(zip(("auc_low", "auc_high"), intervals.auc, strict=True))
        found |= dict(zip(("pauc_low", "pauc_high"), intervals.pauc, strict=True))
    return found


def _rates(outcome: Outcome, decided: NDArray[np.bool_]) -> dict[str, float]:
    if not decided.any():
        return {}
    rates = detection(outcome.labels[decided], outcome.decisions[decided])
    return {name: getattr(rates, name) for name in ("precision", "recall", "f1", "false_alarm_rate")}
