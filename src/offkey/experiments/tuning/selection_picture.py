"""The figure against the number of groups of features that are kept, on both parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from offkey.experiments.measures import Figures, Metric
from offkey.experiments.tuning.picture import METRIC_NAMES, names
from offkey.experiments.tuning.results import Tuned
from offkey.experiments.tuning.selection import Selection
from offkey.pictures import COLOURS, SCREEN, PictureForm, fonts, new_figure, picture_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_selection"]


def draw_selection(tuned: Tuned, selection: Selection, form: PictureForm = SCREEN) -> bytes:
    """Draw the figure against the number kept, and what each group is worth by itself."""
    with fonts(form):
        return picture_bytes(_figure(tuned, selection, form.width_in), form)


def _figure(tuned: Tuned, selection: Selection, width: float | None) -> Figure:
    n_rows = len(selection.steps)
    figure = new_figure(*((11, 2.0 + 0.32 * n_rows) if width is None else (width, 1.2 + 0.16 * n_rows)))
    alone, path = figure.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": [1, 2.4]})
    _draw_alone(alone, selection)
    for part, colour in (("tuning", COLOURS[0]), ("reporting", COLOURS[1])):
        _draw_path(path, tuned, selection, part, colour)
    if selection.n_kept:
        path.axhspan(-0.6, selection.n_kept - 0.5, color="black", alpha=0.06, label="kept")
    path.legend(fontsize=8, frameon=False, loc="best")
    path.grid(axis="x", alpha=0.3)
    metric = METRIC_NAMES[tuned.metric]
    alone.set_xlabel(f"{metric} by itself, tuning part")
    path.set_xlabel(f"{metric} with everything down to here")
    kept = f"{selection.n_kept or 'all'} of {len(selection.groups)} groups kept"
    if selection.n_best and not selection.n_kept:
        kept += f" ({selection.n_best} are not clearly better on the tuning part)"
    if width is not None:  # a paper has a caption
        return figure
    title = f"{tuned.space.detector} on {tuned.space.features}, forward selection: {kept}"
    figure.suptitle(title, fontsize=10, x=0.01, ha="left")
    return figure


def _draw_alone(panel: Axes, selection: Selection) -> None:
    values = [step.alone for step in selection.steps if step.alone is not None]
    panel.barh(range(len(values)), [value - 0.5 for value in values], left=0.5, color=COLOURS[0], alpha=0.6)
    panel.axvline(0.5, color="black", linewidth=0.8)  # chance
    labels = [f"{k}  + {step.group.name}" for k, step in enumerate(selection.steps, start=1) if step.group is not None]
    panel.set_yticks(range(len(labels) + 1), [*labels, f"all {len(selection.groups)}"], fontsize=8)
    panel.set_ylim(len(labels) + 0.6, -0.6)  # the first at the top
    panel.grid(axis="x", alpha=0.3)


def _draw_path(panel: Axes, tuned: Tuned, selection: Selection, part: str, colour: str) -> None:
    found: list[Figures] = [getattr(step, part) for step in selection.steps]
    values = np.array([one.by(tuned.metric) for one in found])
    rows = np.arange(len(values))
    panel.plot(values, rows, color=colour, marker="o", markersize=4, label=f"{part}: {names(tuned, part)}")
    if tuned.metric is not Metric.MEAN:
        ends = np.array([one.auc_ci if tuned.metric is Metric.AUC else one.pauc_ci for one in found])
        panel.fill_betweenx(rows, ends[:, 0], ends[:, 1], color=colour, alpha=0.12, linewidth=0)
