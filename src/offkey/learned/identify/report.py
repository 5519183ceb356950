"""The report of a fit: one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from offkey._version import __version__
from offkey.files import atomic_text
from offkey.learned.identify.fitting import Learnt
from offkey.learned.identify.sheets import examples, predictions
from offkey.pages import data_uri, render

__all__ = ["write_report"]


def write_report(path: Path, learnt: Learnt) -> None:
    """Write the HTML report of a fit: the split, figures, confusion matrix, learning curve, and clips to look at."""
    identifier = learnt.identifier
    curve = identifier.model.classifier.picture()
    page = render(
        "offkey.learned.identify",
        "report.html.j2",
        version=__version__,
        identifier=identifier,
        on=identifier.fitted_on,
        rows=_rows(learnt),
        confusion=_confusion(learnt),
        curve=None if curve is None else data_uri("image/png", curve),
        examples=examples(learnt),
        predictions=predictions(learnt),
    )
    with atomic_text(path) as file:
        file.write(page)


def _rows(learnt: Learnt) -> list[dict[str, Any]]:
    """Return one row per type: its clips and ids on both sides, and its figures."""
    on = learnt.identifier.fitted_on
    rows = []
    for row in on.measured["types"]:
        name = row["machine_type"]
        train, held_out = on.train[name], on.held_out[name]
        sides = {"train": _side(train), "held_out": _side(held_out), "unseen": on.unseen_ids[name]}
        rows.append({**row, **sides, "foreign": on.foreign.get(name)})
    return rows


def _side(ids: dict[str, int]) -> str:
    named = ", ".join(ident for ident in ids if ident)
    return f"{sum(ids.values())}{f' (id {named})' if named else ''}"


def _confusion(learnt: Learnt) -> dict[str, Any]:
    """Return the confusion matrix of the likeliest types, with the share of its row that each cell is."""
    confusion = learnt.identifier.fitted_on.measured["confusion"]
    rows = []
    for number, (label, counts) in enumerate(zip(confusion["labels"], confusion["matrix"], strict=True)):
        total = max(sum(counts), 1)
        cells = [(n, round(100 * n / total), column == number) for column, n in enumerate(counts)]
        rows.append({"label": label, "cells": cells})
    return {"labels": confusion["labels"], "rows": rows}
