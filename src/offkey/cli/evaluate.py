"""Command ``offkey evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offkey.cli.console import print_json, print_table, say
from offkey.cli.experiments import interval_text
from offkey.cli.options import Json
from offkey.listing import counted

if TYPE_CHECKING:
    from offkey.evaluation.labels import GivenLabels
    from offkey.evaluation.report import ScoreReport

__all__ = ["evaluate"]


def evaluate(
    scores: Annotated[Path, typer.Argument(help="Score file in any style of 'offkey score'.")],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            help="CSV file with the columns file,label (0 or normal, 1 or anomaly); by default labels come from a "
            "'label' column or from official file and folder names.",
        ),
    ] = None,
    max_fpr: Annotated[float, typer.Option("--max-fpr", help="Highest false-positive rate of the pAUC.")] = 0.1,
    resamples: Annotated[
        int, typer.Option("--resamples", help="Number of resamples for the bootstrap intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the bootstrap.")] = 0,
    false_alarm_rate: Annotated[
        float | None,
        typer.Option(
            "--false-alarm-rate",
            help="The promised false-alarm rate; reports machines, sections and domains that exceed it.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Measure scores against labels: AUC and pAUC with 95 % intervals, overall and by group.

    Examples
    --------
    offkey evaluate scores.csv
    offkey evaluate scores.csv --labels labels.csv --false-alarm-rate 0.01
    """
    from offkey.evaluation.labels import read_labels
    from offkey.evaluation.report import evaluate_scores
    from offkey.evaluation.score_files import read_score_table

    table = read_score_table(scores)
    given = None if labels is None else read_labels(labels)
    report = evaluate_scores(
        table, given, max_fpr=max_fpr, n_resamples=resamples, seed=seed, promised_rate=false_alarm_rate
    )
    _print_notes(report, scores, given, false_alarm_rate)
    if json:
        print_json(report.to_json())
    else:
        _print(report)


def _print_notes(report: ScoreReport, scores: Path, given: GivenLabels | None, false_alarm_rate: float | None) -> None:
    """Say what is to be known of the figures, before these."""
    say(f"Labels come from {report.labels}; intervals are stratified bootstrap 95 % intervals.")
    if report.n_unlabelled:
        measured = report.overall["n_normal"] + report.overall["n_anomalous"]
        say(f"note: {counted(measured, 'labelled clip')} measured; {report.n_unlabelled} without a label left out.")
    if report.n_unused_labels:
        say(f"note: {counted(report.n_unused_labels, 'label')} of clips that were not scored.")
    if given is not None and given.caveat:
        say(f"note: {given.caveat}")
    for sentence in report.broken_promises():
        say(f"note: {sentence}")
    if false_alarm_rate is not None and report.overall["false_positives"] is None:
        say(f"note: {scores} holds no decisions, so that no promised false-alarm rate can be checked.")
    if report.n_errors:
        say(f"note: {counted(report.n_errors, 'row')} with an error instead of a score left out.")


def _print(report: ScoreReport) -> None:
    from rich.table import Table

    decided = report.overall["recall"] is not None
    table = Table()
    for name in ("machine", "section", "domain"):
        table.add_column(name)
    for name in ("normal", "anomalous", "AUC", "pAUC", *(("detected", "false alarms") if decided else ())):
        table.add_column(name, justify="right")
    for row in report.groups:
        table.add_row(row["machine"] or "-", row["section"] or "all", row["domain"] or "all", *_cells(row, decided))
    table.add_section()
    table.add_row("all", "all", "all", *_cells(report.overall, decided))
    if report.means["auc_mean"] is not None and len({(row["machine"], row["section"]) for row in report.groups}) > 1:
        means = (f"{report.means[f'{name}_mean']:.4f}" for name in ("auc", "pauc"))
        table.add_row("mean of sections", "", "", "", "", *means)
    print_table(table)


def _cells(row: dict[str, Any], decided: bool) -> list[str]:
    cells = [str(row["n_normal"]), str(row["n_anomalous"])]
    cells += [interval_text(row[name], row[f"{name}_ci"]) for name in ("auc", "pauc")]
    if decided and row["recall"] is not None:
        anomalous = row["true_positives"] + row["false_negatives"]
        normal = row["false_positives"] + row["true_negatives"]
        cells += [f"{row['true_positives']} of {anomalous}", f"{row['false_positives']} of {normal}"]
    return cells
