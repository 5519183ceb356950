"""Files of a tuning: the configuration, all candidates, the ranking, the pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from offkey.experiments.candidate import Candidate
from offkey.experiments.measures import Figures
from offkey.experiments.space import Axis
from offkey.experiments.tuning.picture import draw_curve
from offkey.experiments.tuning.results import Tuned
from offkey.experiments.tuning.selection import FeatureGroup, Selection
from offkey.experiments.tuning.selection_picture import draw_selection
from offkey.files import atomic_text, make_folder, write_bytes
from offkey.pictures import SCREEN, PictureForm
from offkey.tables import write_csv

__all__ = ["write_tuned"]

_FIGURES = ("auc", "auc_low", "auc_high", "pauc", "pauc_low", "pauc_high")


def write_tuned(tuned: Tuned, folder: Path, form: PictureForm = SCREEN) -> list[Path]:
    """Write all that was found.

    `form`: the form of the pictures.
    Returns: ``config.json``, in the form of `ModelConfig`; ``candidates.csv``, one row per candidate and part;
        ``curve.png``, if a parameter had several values; ``features.csv`` and ``features.png``, if features were
        ranked.
    """
    make_folder(folder)
    written = [folder / "config.json", folder / "candidates.csv"]
    with atomic_text(written[0]) as file:
        file.write(json.dumps(tuned.config, indent=2, ensure_ascii=False) + "\n")
    write_csv(written[1], candidate_rows(tuned))
    curve = draw_curve(tuned, form)
    if curve is not None:
        written.append(folder / f"curve.{form.format}")
        write_bytes(written[-1], curve)
    if tuned.selection is not None:
        written += [folder / "features.csv", folder / f"features.{form.format}"]
        write_csv(written[-2], feature_rows(tuned.selection))
        write_bytes(written[-1], draw_selection(tuned, tuned.selection, form))
    return written


def candidate_rows(tuned: Tuned) -> list[list[Any]]:
    """Return the header and the rows of ``candidates.csv``.

    On the tuning part a row for everything that was tried, also what lost or could not be fitted; on the
    reporting part one for each configuration that was looked at there.
    """
    axes = tuned.space.axes
    selected = tuned.selection is not None and tuned.selection.keep is not None
    if selected and all(axis.name != "keep" for axis in axes):
        axes = [*axes, Axis("features", "keep", ())]
    rows: list[list[Any]] = [["part", "candidate", "role", *(f"{axis.owner}.{axis.name}" for axis in axes)]]
    rows[0] += [*_FIGURES, "ids", "error"]
    for number, trial in enumerate(tuned.trials):
        roles = [name for name, there in (("default", number == 0), ("chosen", number == tuned.best)) if there]
        rows.append(["tuning", number, " ".join(roles), *_values(axes, trial.candidate)])
        rows[-1] += [*_cells(trial.figures), len(tuned.division.tuning), trial.error]
    for report in tuned.reports:
        number = 0 if report.name == "default" else tuned.best
        rows.append(["reporting", number, report.name, *_values(axes, report.candidate)])
        rows[-1] += [*_cells(report.figures), len(tuned.division.reporting), None]
    return rows


def feature_rows(selection: Selection) -> list[list[Any]]:
    """Return the header and the rows of ``features.csv``: groups by rank, then all together, then what has no rank."""
    parts = ("tuning_auc", "tuning_pauc", "reporting_auc", "reporting_pauc")
    rows: list[list[Any]] = [["rank", "name", "low_hz", "high_hz", "keep", "kept", "alone", *parts]]
    for rank, step in enumerate(selection.steps, start=1):
        both = (step.tuning.auc, step.tuning.pauc, step.reporting.auc, step.reporting.pauc)
        if step.group is None:
            rows.append([None, "all", None, None, None, int(not selection.n_kept), None, *both])
        else:
            kept = not selection.n_kept or rank <= selection.n_kept
            rows.append([rank, *_described(step.group), int(kept), step.alone, *both])
    ranked = {step.group for step in selection.steps}
    unranked = [group for group in selection.groups if group not in ranked]
    empty = [None] * (1 + len(parts))
    return rows + [[None, *_described(group), int(not selection.n_kept), *empty] for group in unranked]


def _described(group: FeatureGroup) -> list[Any]:
    ends = [None if hz is None else round(hz, 1) for hz in (group.low_hz, group.high_hz)]
    return [group.name, *ends, " ".join(str(one) for one in group.keep)]


def _values(axes: Sequence[Axis], candidate: Candidate) -> list[str]:
    values = [axis.value_of(candidate) for axis in axes]
    return [value if isinstance(value, str) else json.dumps(value) for value in values]


def _cells(figures: Figures | None) -> list[float | None]:
    if figures is None:
        return [None] * len(_FIGURES)
    return [figures.auc, *figures.auc_ci, figures.pauc, *figures.pauc_ci]
