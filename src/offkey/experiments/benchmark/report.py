"""The report of a run: one HTML file that needs nothing else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from offkey._version import __version__
from offkey.evaluation.pictures import COLOURS, roc_picture, score_picture
from offkey.experiments.benchmark.measured import Measured
from offkey.experiments.cell import Cell, CellKey, SetPart
from offkey.experiments.leaderboard.page import fragment
from offkey.experiments.outcome import Outcome
from offkey.experiments.system import titles
from offkey.files import atomic_text
from offkey.pages import render

__all__ = ["hardest_clips", "write_report"]

_HARDEST = 5
_OPEN = 4  # so many sections are shown from the start, the others when asked for
_MOST_FAILED = 200

_PART_NAMES = {"dev": "Development set", "eval": "Evaluation set"}


def write_report(path: Path, measured: Measured) -> None:
    """Write the report."""
    titled = dict(zip([one.name for one in measured.candidates], titles(measured.candidates), strict=True))
    parts = [_part(measured, part, titled, path.parent) for part in measured.parts]
    page = render(
        "offkey.experiments.benchmark",
        "report.html.j2",
        dataset=measured.plan.dataset,
        edition=measured.plan.year,
        channel=measured.plan.channel,
        proxies=measured.plan.proxies,
        promised=measured.promised,
        version=__version__,
        of_edition=measured.plan.edition,
        n_train=sum(len(cell.train) for cell in measured.plan.cells),
        n_test=sum(len(cell.test) for cell in measured.plan.cells),
        parts=parts,
        boards=[fragment(board) for board in measured.boards],
        titles=titled,
        notes=measured.notes,
        failed=measured.failed[:_MOST_FAILED],
        n_failed=len(measured.failed),
    )
    with atomic_text(path) as file:
        file.write(page)


def hardest_clips(outcome: Outcome, most: int = _HARDEST) -> list[dict[str, Any]]:
    """Return the clips on which a model errs most: the highest-scored normals, the lowest-scored anomalies.

    Returns: ``label``, ``file``, ``domain``, ``score``, ``p_value``, ``anomalous``; the hardest of each label first.
    """
    known = [
        (scored.score, clip, scored)
        for clip, scored in zip(outcome.cell.test, outcome.scored.clips, strict=True)
        if clip.label is not None and scored.score is not None
    ]
    found = []
    for label, word in ((0, "normal"), (1, "anomalous")):
        of_label = [entry for entry in known if entry[1].label == label]
        of_label.sort(key=lambda entry: entry[0], reverse=label == 0)
        for _, clip, scored in of_label[:most]:
            about: dict[str, Any] = {"label": word, "file": clip.name, "domain": clip.domain}
            found.append(about | {"score": scored.score, "p_value": scored.p_value, "anomalous": scored.anomalous})
    return found


def _with_sounds(outcome: Outcome, folder: Path) -> list[dict[str, Any]]:
    """Return the hardest clips, each with the address of its sound from the folder; empty where it has none."""
    sounds = {clip.name: "" if clip.url is not None else _address(clip.path, folder) for clip in outcome.cell.test}
    return [entry | {"sound": sounds[entry["file"]]} for entry in hardest_clips(outcome)]


def _address(file: Path, folder: Path) -> str:
    """Return where a file lies from a folder, as a page in that folder addresses it."""
    try:
        return quote(os.path.relpath(file.absolute(), folder.absolute()).replace(os.sep, "/"))
    except ValueError:  # on another drive
        return file.absolute().as_uri()


def _part(measured: Measured, part: SetPart, titled: Mapping[str, str], folder: Path) -> dict[str, Any]:
    cells = [cell for cell in measured.plan.cells if cell.part == part]
    standings = [standing for standing in measured.standings if standing.part == part]
    rows = [row | {"name": CellKey.of(row).name} for row in measured.rows if row["part"] == part]
    return {
        "name": _PART_NAMES[part] if len(measured.parts) > 1 or measured.plan.edition else "Results",
        "standings": standings,
        "machines": _machines(measured, part),
        "rows": rows,
        "with_domain": any(row["domain"] for row in rows),
        "several": len(measured.candidates) > 1,
        "cells": [_cell(measured, cell, titled, folder, opened=len(cells) <= _OPEN) for cell in cells],
    }


def _machines(measured: Measured, part: SetPart) -> list[dict[str, Any]]:
    """Return a row for each machine and candidate: means over its sections."""
    table = []
    machines = dict.fromkeys(cell.machine for cell in measured.plan.cells if cell.part == part)
    for machine in machines:
        for standing in (one for one in measured.standings if one.part == part):
            rows = [
                row
                for row in measured.rows
                if (row["part"], row["machine"], row["combination"]) == (part, machine, standing.candidate.name)
                and row["domain"] is None
            ]
            means = {name: _mean([row[name] for row in rows]) for name in ("auc", "pauc")}
            official = standing.official.machine_means if standing.official else []
            scores = [entry["score"] for entry in official if entry["machine"] == machine]
            score = scores[0] if scores else None
            entry = {"machine": machine, "combination": standing.candidate.name, "n": len(rows), "official": score}
            table.append(entry | means)
    return table


def _cell(measured: Measured, cell: Cell, titled: Mapping[str, str], folder: Path, *, opened: bool) -> dict[str, Any]:
    """Return what is shown of one cell: pictures and hardest clips of the first seed of each candidate."""
    outcomes = [o for o in measured.outcomes if o.cell.key == cell.key]
    shown = _first_seeds(outcomes)
    drawn = [outcome for outcome in shown if 0 < outcome.labels.sum() < len(outcome.labels)]
    colours = [COLOURS[number % len(COLOURS)] for number in range(len(drawn))]
    names = [titled[outcome.candidate.name] for outcome in drawn]
    title = f"{cell.part} {cell.name}"
    models = []
    for outcome in shown:
        name = titled[outcome.candidate.name]
        model = {"name": name, "hardest": _with_sounds(outcome, folder), **_decisions(outcome)}
        picture = score_picture(outcome, f"{title}: scores of {name}") if len(outcome.labels) else None
        models.append({**model, "picture": picture})
    return {
        "name": cell.name,
        "opened": opened,
        "roc": roc_picture(drawn, names, colours, f"{title}: ROC curves") if drawn else None,
        "models": models,
        "n_train": len(cell.train),
        "n_test": len(cell.test),
        "with_domain": any(clip.domain for clip in cell.test),
    }


def _first_seeds(outcomes: Sequence[Outcome]) -> list[Outcome]:
    first: dict[str, Outcome] = {}
    for outcome in outcomes:
        first.setdefault(replace(outcome.candidate, seed=0).name, outcome)
    return list(first.values())


def _decisions(outcome: Outcome) -> dict[str, Any]:
    called, labels = outcome.decisions, outcome.labels
    return {
        "threshold": outcome.scored.threshold,
        "error": outcome.scored.error,
        "found": f"{int((called & labels).sum())} of {int(labels.sum())}",
        "alarms": f"{int((called & (1 - labels)).sum())} of {int((1 - labels).sum())}",
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None
