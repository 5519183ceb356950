"""The tables that the organisers' evaluators write, with their peculiarities.

They serve to compare with files that an official evaluator wrote, and to feed what reads such files.
The peculiarities live here alone; nothing else in offkey shares them:

- the "ci95" line is the jackknife half-width divided by the number of clips less one (the evaluators
  of 2022 on put the leave-one-out figures where the pseudo-values belong), averaged over the AUC and
  the pAUC of all clips of all machines in one pool;
- a machine's "source harmonic mean" of 2022 takes only the first third of the source sections, and
  its "target harmonic mean" all other figures: the evaluator cuts the list of both domains at half
  the number of sections;
- means over both domains take the pAUC of a section twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from offkey.datasets.editions import find_edition
from offkey.datasets.editions.submission import EvaluatorFiles
from offkey.errors import UsageError
from offkey.evaluation.jackknife import jackknife
from offkey.evaluation.metrics import MAX_FPR, harmonic_mean
from offkey.evaluation.official import OfficialScore, Row, official_score
from offkey.evaluation.sections import DOMAINS, SectionScores
from offkey.files import atomic_text
from offkey.tables import csv_writer

__all__ = ["Table", "evaluator_ci95", "evaluator_files", "paper_table", "result_table", "write_table"]

Table: TypeAlias = list[Sequence[str | float]]

_RATES = {"precision": "precision", "recall": "recall", "f1": "F1 score"}
_MEANS = ["", "", "AUC", "pAUC", *_RATES.values()]
_OVERALL = "over all machine types, sections, and domains"


def evaluator_files(edition: int | str) -> EvaluatorFiles:
    """Return what the official evaluator of an edition writes; a UsageError where that is not known."""
    definition = find_edition(edition)
    if definition.evaluator is None:
        raise UsageError(f"What the official evaluator of {definition.year} writes is not known.")
    return definition.evaluator


def result_table(sections: Sequence[SectionScores], edition: int | str) -> Table:
    """Return the rows of ``<system>_result.csv`` as the evaluator of an edition writes them, numbers unrounded.

    Decisions are needed where the evaluator's table holds rates.
    """
    result = official_score(sections, edition)
    layout = evaluator_files(edition).table
    if layout != "ids" and any(section.decisions is None for section in sections):
        raise UsageError(
            f"The evaluator's table of {result.edition} holds precision, recall and F1 score, "
            "but there are no decisions to compute them from: add the decision_result files."
        )
    machines = {row["machine"]: [r for r in result.rows if r["machine"] == row["machine"]] for row in result.rows}
    if layout == "ids":
        return _table_of_ids(machines)
    if layout == "domains":
        return _table_of_domains(machines)
    return _table_of_sections(machines, result, evaluator_ci95(sections), halved=layout == "sections, halved")


def evaluator_ci95(sections: Sequence[SectionScores]) -> float:
    """Return the "official score ci95" as the evaluators of 2022 on print it.

    It is far too narrow for an interval of anything (see the top of this module);
    `offkey.evaluation.official_intervals.official_interval` gives an interval of the official score.
    """
    labels = np.concatenate([section.labels for section in sections])
    scores = np.concatenate([section.scores for section in sections])
    widths = [jackknife(labels, scores, max_fpr=limit).half_width for limit in (None, MAX_FPR)]
    return float(np.mean(widths)) / (len(labels) - 1)


def paper_table(systems: Mapping[str, OfficialScore]) -> Table:
    """Return the rows of ``teams_official_score_paper.csv``, as of the editions from 2023 on, numbers unrounded."""
    table: Table = []
    for name, result in systems.items():
        machines = [row["machine"] for row in result.machine_means]
        if not table:
            table.append(["System", "metric", "h-mean", "a-mean", *machines])
        for column, metric in (
            ("auc_source", "AUC (source)"),
            ("auc_target", "AUC (target)"),
            ("pauc", "pAUC (source, target)"),
        ):
            each = [row["arithmetic"][column] for row in result.machine_means]
            table.append([name, metric, _mean(result, "harmonic", column), _mean(result, "arithmetic", column), *each])
        counted = [row[column] for row in result.rows for column in ("auc_source", "auc_target", "pauc")]
        table.append([name, "TOTAL score", result.score, float(np.mean(counted)), *("" for _ in machines)])
    return table


def write_table(path: Path, table: Table) -> None:
    """Write a table as the evaluators do: comma-separated, a line feed after each row."""
    with atomic_text(path) as file:
        csv_writer(file).writerows(table)


def _table_of_ids(machines: Mapping[str, list[Row]]) -> Table:
    table: Table = []
    for machine, rows in machines.items():
        table += [[machine], ["id", "AUC", "pAUC"]]
        table += [[row["section"], row["auc"], row["pauc"]] for row in rows]
        table += [["Average", *(float(np.mean([row[column] for row in rows])) for column in ("auc", "pauc"))], []]
    return table


def _table_of_domains(machines: Mapping[str, list[Row]]) -> Table:
    table: Table = []
    everything: list[list[float]] = []
    for machine, rows in machines.items():
        table += [[machine], ["section", "domain", "AUC", "pAUC", *_RATES.values()]]
        figures = []
        for domain in DOMAINS:
            for row in rows:
                figures.append([row[f"{column}_{domain}"] for column in ("auc", "pauc", *_RATES)])
                table.append([row["section"], domain, *figures[-1]])
        table += [*_mean_rows(figures), []]
        everything += figures
    return [*table, _MEANS, *_mean_rows(everything, _OVERALL), []]


def _table_of_sections(machines: Mapping[str, list[Row]], result: OfficialScore, ci95: float, *, halved: bool) -> Table:
    columns = [f"{name} ({domain})" for name in _RATES.values() for domain in DOMAINS]
    keys = ["auc", "auc_source", "auc_target", "pauc", *(f"{rate}_{domain}" for rate in _RATES for domain in DOMAINS)]
    table: Table = []
    for machine, rows in machines.items():
        table += [[machine], ["section", "AUC (all)", "AUC (source)", "AUC (target)", "pAUC", *columns]]
        table += [[row["section"], *(row[key] for key in keys)] for row in rows]
        cut = len(rows) // 2 if halved else len(rows)
        table += [_MEANS, *_domain_mean_rows(rows, cut), []]
    table += [_MEANS, *_domain_mean_rows(result.rows, len(result.rows), _OVERALL), []]
    return [*table, ["official score", "", result.score], ["official score ci95", "", ci95], []]


def _domain_mean_rows(rows: Sequence[Row], cut: int, over: str = "") -> Table:
    figures = [
        [row[f"auc_{domain}"], row["pauc"], *(row[f"{rate}_{domain}"] for rate in _RATES)]
        for domain in DOMAINS
        for row in rows
    ]
    table: Table = _mean_rows(figures, over)
    for domain, part in zip(DOMAINS, (figures[:cut], figures[cut:]), strict=True):
        means = [harmonic_mean(column) for column in zip(*part, strict=True)] or [math.nan] * len(figures[0])
        table.append([f"{domain} harmonic mean {over}".strip(), "", *means])
    return table


def _mean_rows(figures: Iterable[Sequence[float]], over: str = "") -> Table:
    columns = list(zip(*figures, strict=True))
    return [
        [f"arithmetic mean {over}".strip(), "", *(float(np.mean(column)) for column in columns)],
        [f"harmonic mean {over}".strip(), "", *(harmonic_mean(column) for column in columns)],
    ]


def _mean(result: OfficialScore, kind: str, column: str) -> float:
    value = result.means[kind][column]
    if value is None:
        raise UsageError(f"The organisers' table of systems is one of AUC by domain, which {result.edition} lacks.")
    return value
