"""Evaluation of a table of scores: AUC and pAUC with intervals, overall and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from offkey.errors import DataError
from offkey.evaluation.evaluating import evaluate
from offkey.evaluation.labels import find_labels
from offkey.evaluation.metrics import MAX_FPR, detection
from offkey.evaluation.promise import Promise, broken_promises
from offkey.evaluation.ranking import checked_max_fpr
from offkey.evaluation.score_table import ScoredClip, ScoreTable, table_from_columns

__all__ = ["ScoreReport", "evaluate_scores"]

Key: TypeAlias = tuple[str | None, str | None, str | None]
Figures: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class ScoreReport:
    """The result of `evaluate_scores`.

    Attributes
    ----------
    overall : dict
        ``auc``, ``auc_ci``, ``pauc``, ``pauc_ci``, ``n_normal``, ``n_anomalous``; and ``precision``, ``recall``,
        ``f1``, ``false_alarm_rate``, ``true_positives``, ``false_positives``, ``false_negatives`` and
        ``true_negatives``, which are None if the table has no decisions.
    groups : list of dict
        The same for each group, with its ``machine``, ``section`` and ``domain``; None for those that the group does
        not fix. A group with one label has no AUC and pAUC.
    means : dict
        ``auc_mean`` and ``pauc_mean``: arithmetic means over machines and sections (or ids).
    n_errors : int
        Number of rows left out because of an error.
    n_unlabelled : int
        Number of scored clips left out because they have no label.
    n_unused_labels : int
        Number of given labels whose clip was not scored.
    labels : str
        Where the labels come from.
    max_fpr : float
        Highest false-positive rate of the pAUC.
    promised_rate : float or None
        The false-alarm rate that the decisions promise, if it was given.

    Examples
    --------
    >>> from offkey.evaluation import evaluate_scores
    >>> evaluate_scores({"file": ["normal/a.wav", "abnormal/b.wav"], "score": [0, 1], "label": [0, 1]}).labels
    'the label column'
    """

    overall: Figures
    groups: list[Figures]
    means: Figures
    n_errors: int
    labels: str
    max_fpr: float = field(default=MAX_FPR)
    promised_rate: float | None = None
    n_unlabelled: int = 0
    n_unused_labels: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            **self.overall,
            **self.means,
            "groups": self.groups,
            "n_errors": self.n_errors,
            "n_unlabelled": self.n_unlabelled,
            "n_unused_labels": self.n_unused_labels,
            "labels": self.labels,
            "max_fpr": self.max_fpr,
            "promised_rate": self.promised_rate,
            "broken_promises": self.broken_promises(),
        }

    def broken_promises(self) -> list[str]:
        """Return a sentence for each group, and for all clips, with more false alarms than chance explains."""
        if self.promised_rate is None or self.overall["false_positives"] is None:
            return []
        rows = [*self.groups, {"machine": "all clips", "section": None, "domain": None, **self.overall}]
        return broken_promises(
            (_group_name(row), Promise(self.promised_rate, alarms, alarms + row["true_negatives"]))
            for row in rows
            if (alarms := row["false_positives"]) is not None
        )


def _group_name(row: Figures) -> str:
    name = " ".join(part for part in (row["machine"], row["section"]) if part)
    return ", ".join([*([name] if name else []), *([f"{row['domain']} domain"] if row["domain"] else [])])


def evaluate_scores(
    table: ScoreTable | Mapping[str, Sequence[Any]],
    labels: Mapping[str, int] | None = None,
    *,
    max_fpr: float = MAX_FPR,
    n_resamples: int = 1000,
    seed: int = 0,
    promised_rate: float | None = None,
) -> ScoreReport:
    """Measure scores against labels, overall and by machine, section or id, and domain.

    Clips without a label are left out and counted.

    Every figure is measured within its group: the AUC of a domain compares its normal clips with its own anomalies.
    (The official scores from 2022 on differ; see `offkey.evaluation.official`.)

    Parameters
    ----------
    table : ScoreTable or mapping of str to sequence
        Scored clips from `offkey.evaluation.score_table.read_score_table`, or columns ``file`` and ``score`` and any of
        ``label``, ``machine``, ``section``, ``domain``, ``anomalous``, ``error``, ``start_s``.
    labels : mapping of str to int, optional
        0 (normal) or 1 (anomaly) by file; otherwise from the ``label`` column, or from official names.
    max_fpr : float, default 0.1
        Highest false-positive rate of the pAUC.
    n_resamples : int, default 1000
        Resamples of the bootstrap.
    seed : int, default 0
        Seed of the bootstrap.
    promised_rate : float, optional
        The false-alarm rate that the decisions promise; `ScoreReport.broken_promises` compares it with the measured
        rate.

    Returns
    -------
    ScoreReport
        The figures.

    Raises
    ------
    DataError
        If the table or the labels are invalid, or all labelled clips have the same label.
    ParameterError
        If an option is not as described.

    Examples
    --------
    >>> from offkey.evaluation import evaluate_scores
    >>> scores = {"file": ["a.wav", "b.wav", "c.wav", "d.wav"], "score": [0.1, 0.4, 0.3, 0.8]}
    >>> report = evaluate_scores(scores, {"a.wav": 0, "b.wav": 0, "c.wav": 1, "d.wav": 1})
    >>> report.overall["auc"], report.overall["n_anomalous"]
    (0.75, 2)
    """
    if not isinstance(table, ScoreTable):
        table = table_from_columns(table)
    if not table.clips:
        raise DataError(f"No clip of {table.name} has a score: all {len(table.failed)} rows have an error.")
    clip_labels = find_labels(table, labels)
    clips = [clip for clip, label in zip(table.clips, clip_labels.values, strict=True) if label is not None]
    known = [label for label in clip_labels.values if label is not None]
    if len(set(known)) < 2:
        only = "anomalous" if known[0] else "normal"
        labelled = "clips" if len(clips) == len(table.clips) else "labelled clips"
        raise DataError(
            f"AUC and pAUC need normal and anomalous clips, but all {len(clips)} {labelled} of {table.name} "
            f"are {only} by {clip_labels.source}."
        )
    options = {"max_fpr": checked_max_fpr(max_fpr), "n_resamples": n_resamples, "seed": seed}
    groups = _groups(clips, known, options)
    return ScoreReport(
        _figures(clips, known, options),
        groups,
        _means(groups),
        len(table.failed),
        clip_labels.source,
        max_fpr,
        promised_rate,
        n_unlabelled=len(table.clips) - len(clips),
        n_unused_labels=len(clip_labels.unused),
    )


def _groups(clips: list[ScoredClip], labels: list[int], options: dict[str, Any]) -> list[Figures]:
    keys: list[Key] = [(clip.machine, clip.section, clip.domain) for clip in clips]
    levels = {level for machine, section, domain in keys for level in _levels(machine, section, domain)}
    rows = []
    for level in sorted(levels - {(None, None, None)}, key=_order):
        inside = [number for number, key in enumerate(keys) if _covers(level, key)]
        finer = {keys[number] for number in inside}
        sections = {section for _, section, _ in finer}
        # a coarse group that holds a single finer one says nothing new
        if level in finer or len(sections) > 1 or (sections == {level[1]} and len(finer) > 1):
            part = [clips[number] for number in inside]
            figures = _figures(part, [labels[number] for number in inside], options)
            rows.append({"machine": level[0], "section": level[1], "domain": level[2], **figures})
    return rows


def _levels(machine: str | None, section: str | None, domain: str | None) -> list[Key]:
    """Return the groups that a clip belongs to: its machine, the section of it, the domain in that."""
    return [(machine, None, None), (machine, section, None), (machine, section, domain)]


def _covers(level: Key, key: Key) -> bool:
    """Tell whether a clip belongs to a group; no section or no domain in a group stands for all."""
    return level[0] == key[0] and all(part in (None, own) for part, own in zip(level[1:], key[1:], strict=True))


def _order(key: Key) -> tuple[str, ...]:
    return tuple(part or "" for part in key)


def _figures(clips: list[ScoredClip], labels: list[int], options: dict[str, Any]) -> Figures:
    n_anomalous = sum(labels)
    figures: Figures = dict.fromkeys(("auc", "auc_ci", "pauc", "pauc_ci"))
    figures |= {"n_normal": len(labels) - n_anomalous, "n_anomalous": n_anomalous}
    if 0 < n_anomalous < len(labels):
        figures = evaluate(labels, [clip.score for clip in clips], **options)
    rates: Figures = dict.fromkeys(("precision", "recall", "f1", "false_alarm_rate"))
    rates |= dict.fromkeys(("true_positives", "false_positives", "false_negatives", "true_negatives"))
    decided = [(label, clip.anomalous) for label, clip in zip(labels, clips, strict=True) if clip.anomalous is not None]
    if decided:
        rates = detection(*(list(column) for column in zip(*decided, strict=True)))._asdict()
    return figures | rates


def _means(groups: list[Figures]) -> Figures:
    """Return the means over the smallest groups that are not parts of a section."""
    sections: dict[tuple[str | None, str | None], Figures] = {}
    for row in groups:  # a section's row over all its domains, where there is one, comes before theirs
        sections.setdefault((row["machine"], row["section"]), row)
    divided = {machine for machine, section in sections if section is not None}
    counted = [row for (machine, section), row in sections.items() if (section is not None or machine not in divided)]
    means: Figures = {}
    for column in ("auc", "pauc"):
        values = [row[column] for row in counted if row[column] is not None]
        means[f"{column}_mean"] = float(np.mean(values)) if values else None
    return means
