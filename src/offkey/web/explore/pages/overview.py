"""The overview page: counts, durations, levels, faults, and spectra of two groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from fastapi import APIRouter, Request, Response

from offkey.charts import Line, bar_chart, line_chart
from offkey.features.mel import mel_bands_hz, mel_centres_hz
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.group_colours import meaning
from offkey.web.explore.groups import compare_groups
from offkey.web.explore.machine import machine_of
from offkey.web.explore.measures import N_BANDS
from offkey.web.explore.query import NONE, where
from offkey.web.rendering import Renderer

__all__ = ["router"]

_COUNTED = (
    *("machine", "section", "domain", "split", "label", "folder", "part", "snr_db", "attributes", "supplement"),
    "own_label",
)
_COMPARED = ("label", "domain", "attributes", "machine", "folder")  # columns whose groups are compared first
_MOST_COUNTED = 24
_MOST_NAMED = 40
_BINS = 24


def router(explorer: Explorer, render: Renderer) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/")
    def overview(request: Request) -> Response:
        frame = explorer.frame()
        measured = frame.filter(pl.col("size").is_not_null())
        values = {
            "page": machine_of(explorer),
            "clips": len(frame),
            "hours": float(measured["seconds"].sum()) / 3600,
            "measured": len(measured),
            "cells": _cells(frame),
            "counts": _counts(frame, explorer.library.attributes),
            "histograms": _histograms(measured),
            "score_note": _score_note(explorer, frame),
            "check": explorer.check() if len(measured) else None,
            "quality": _quality(explorer),
            "most_named": _MOST_NAMED,
            "where": where,
            "meaning": meaning,
            "groups": _group_values(explorer, dict(request.query_params)),
        }
        return render(request, "overview.html", values)

    @routes.get("/groups")
    def groups(request: Request) -> Response:
        return render(request, "groups.html", {"groups": _group_values(explorer, dict(request.query_params))})

    return routes


def _cells(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the number of clips by machine and section, in split, domain and label."""
    rows = [name for name in ("machine", "section", "snr_db") if name in frame.columns]
    across = [name for name in ("split", "domain", "label") if name in frame.columns]
    if not rows:
        return []
    counted = frame.group_by([*rows, *across], maintain_order=True).len("n").sort(rows, nulls_last=True)
    cells: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in counted.iter_rows(named=True):
        key = tuple(row[name] for name in rows)
        cell = cells.setdefault(key, {"named": {name: row[name] for name in rows}, "n": {}, "total": 0})
        words = " ".join(str(row[name]) for name in across if row[name] is not None) or "clips"
        cell["n"][words] = cell["n"].get(words, 0) + row["n"]
        cell["total"] += row["n"]
    return list(cells.values())


def _counts(frame: pl.DataFrame, attributes: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Return the commonest values of each useful column, with their counts."""
    by_column = {}
    for name in (name for name in (*_COUNTED, *attributes) if name in frame.columns):
        counted = frame[name].cast(pl.String).value_counts(sort=True)
        if len(counted) > 1 or counted[name].null_count() == 0:
            by_column[name] = [(NONE if value is None else value, n) for value, n in counted.rows()][:_MOST_COUNTED]
    return by_column


def _histograms(measured: pl.DataFrame) -> list[tuple[str, Any]]:
    charts = []
    for title, column, label in (
        ("Durations", "seconds", "seconds"),
        ("Levels", "level_db", "dB re full scale (RMS)"),
        ("Scores", "score", "anomaly score"),
    ):
        if column in measured.columns:
            values = measured[column].drop_nulls().to_numpy()
            if len(values):
                low, high = float(values.min()), float(values.max())
                counts, edges = np.histogram(values, _BINS, (low, high) if high > low else (low - 0.5, low + 0.5))
                caption = f"{title} of {len(values)} clips"
                charts.append((title, bar_chart(caption, edges.tolist(), counts.tolist(), x_label=label)))
    return charts


def _score_note(explorer: Explorer, frame: pl.DataFrame) -> str:
    """Return a remark on the scores of clips that the model learnt from."""
    if explorer.model is None:
        return ""
    if explorer.model.learnt is None:
        return (
            "The model file does not keep which clips it learnt from: their scores look too normal. "
            "Fit it again to see their cross-validated scores."
        )
    n = int(frame["learnt"].sum()) if "learnt" in frame.columns else 0
    return f"The model was fitted on {n} of the clips: their scores are cross-validated." if n else ""


def _quality(explorer: Explorer) -> list[tuple[str, int]]:
    """Return the kinds of findings with how many clips they concern."""
    from offkey.web.explore.query import quality

    frame = explorer.frame()
    counted = frame.select(condition.sum().alias(name) for name, condition in quality().items()).row(0, named=True)
    return [(name, int(n)) for name, n in counted.items() if n]


def _group_values(explorer: Explorer, fields: dict[str, str]) -> dict[str, Any]:
    """Return the choice of two groups, and what comparing them gives."""
    choices = {name: values for name, values in explorer.choices().items() if name not in ("rate", "channels")}
    values: dict[str, Any] = {
        "choices": choices,
        "column": "",
        "first": "",
        "second": "",
        "machine": "",
        "chart": None,
        "bands": [],
    }
    if not choices:
        return values
    named = [name for name in _COMPARED if name in choices]
    whole = [name for name in named if NONE not in choices[name]]  # every clip has a value
    default = next(iter((*whole, *named, *choices)))
    column = fields["column"] if fields.get("column") in choices else default
    caption = choices[column]
    ordered = sorted(caption, key=lambda value: (value not in ("normal", "source"), value == NONE))
    first = fields["first"] if fields.get("first") in caption else ordered[0]
    second = fields["second"] if fields.get("second") in caption else next(v for v in ordered if v != first)
    machines = choices.get("machine", []) if column != "machine" else []
    machine = fields["machine"] if fields.get("machine") in machines else (machines[0] if machines else "")
    colours = [meaning(column, name) or number for number, name in enumerate((first, second))]
    values |= {"column": column, "first": first, "second": second, "machine": machine, "machines": machines}
    values["colours"] = colours
    return values | _compared(explorer, column, first, second, machine)


def _compared(explorer: Explorer, column: str, first: str, second: str, machine: str) -> dict[str, Any]:
    frame, catalogue = explorer.frame(), explorer.catalogue
    if machine:
        frame = frame.filter(pl.col("machine") == machine)
    text = pl.col(column).cast(pl.String).fill_null(NONE)
    ours, theirs = (catalogue.mean[frame.filter(text == value)["row"].to_list()] for value in (first, second))
    if not catalogue.rate:
        return {}
    comparison = compare_groups(ours, theirs, mel_bands_hz(catalogue.rate, N_BANDS))
    if comparison is None:
        return {}
    chart = line_chart(
        f"Average spectra of clips with {column} {first} and {second}",
        mel_centres_hz(catalogue.rate, N_BANDS).tolist(),
        [
            Line(name, mean.tolist(), deviation.tolist(), means=meaning(column, name))
            for name, mean, deviation in zip((first, second), comparison.mean, comparison.deviation, strict=True)
        ],
        x_label="frequency (Hz)",
        y_label="dB",
        log_x=True,
        wide=True,
        marked=[(band.low_hz, band.high_hz) for band in comparison.bands],
    )
    return {"chart": chart, "bands": comparison.bands, "n": comparison.n}
