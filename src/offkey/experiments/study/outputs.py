"""Files of a study: the table as CSV and as Markdown, and the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.experiments.measures import Figures
from offkey.experiments.study.study import Study, Trial
from offkey.files import atomic_text, make_folder, write_bytes
from offkey.pictures import COLOURS, SCREEN, PictureForm, fonts, new_figure, picture_bytes
from offkey.tables import write_csv

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLUMNS", "draw_study", "markdown", "write_study"]

COLUMNS = (
    *("detector", "features", "setting", "id", "auc", "auc_low", "auc_high", "pauc", "pauc_low", "pauc_high"),
    *("n_normal", "n_anomalous", "error"),
)
"""Columns of ``study.csv``; the id of the mean over ids is empty."""

_MOST_COLUMNS = 4  # panels side by side
_LETTER_IN = 0.065  # of 8 points
_MARKERS = "osD^vPX*"  # lines stay apart without their colours too


def write_study(study: Study, folder: Path, form: PictureForm = SCREEN) -> list[Path]:
    """Write ``study.csv``, ``study.md`` and the picture, ``study.png`` or as its form says."""
    make_folder(folder)
    written = [folder / f"study.{ending}" for ending in ("csv", "md", form.format)]
    write_csv(written[0], [COLUMNS, *(row for trial in study.trials for row in _rows(trial))])
    with atomic_text(written[1]) as file:
        file.write(markdown(study))
    write_bytes(written[2], draw_study(study, form))
    return written


def markdown(study: Study) -> str:
    """Return the table as Markdown: one row per setting, one column per machine id, AUC and pAUC in each cell."""
    heads = ["detector", "setting", *study.ids, "mean"]
    lines = [heads, ["---", "---", *["---:"] * (len(heads) - 2)]]
    for trial in study.trials:
        found = [trial.cells.get(name) for name in study.ids]
        lines.append([f"`{trial.candidate.detector}`", trial.label or "default", *map(_cell, (*found, trial.mean))])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\nEach cell: AUC / pAUC.\n"


def draw_study(study: Study, form: PictureForm = SCREEN) -> bytes:
    """Draw AUC with its 95 % interval: one panel per machine id and one for their mean, one line per detector."""
    with fonts(form):
        return picture_bytes(_figure(study, form.width_in), form)


def _figure(study: Study, width: float | None) -> Figure:
    """Return the figure, as wide as asked for, or as its panels need."""
    names = [*study.ids, *(["mean"] if len(study.ids) > 1 else [])]
    if width is None:
        across = math.ceil(len(names) / math.ceil(len(names) / _MOST_COLUMNS))
        down = math.ceil(len(names) / across)
        figure = new_figure(max(4.8, max(2.6, 0.36 * len(study.trials) + 0.8) * across), 2.9 * down + 0.9)
    else:
        across = max(1, min(len(names), int(width / max(1.6, 0.2 * len(study.trials) + 0.5))))
        down = math.ceil(len(names) / across)
        letters = max(len(line) for trial in study.trials for line in _label(trial).splitlines())
        labelled = 1 + bool(len(names) % across)  # rows with labels below them
        figure = new_figure(width, 1.3 * down + _LETTER_IN * letters * labelled + 0.5)
    panels = figure.subplots(down, across, squeeze=False, sharey=True, sharex=True)
    for panel, name in zip(panels.flat, names, strict=False):
        _draw(panel, study, name)
    for panel in panels.flat[len(names) :]:
        panel.axis("off")
    for panel in panels.flat[len(names) - across : len(names)]:  # the lowest of each column
        panel.tick_params(labelbottom=True)
    for row in panels:
        row[0].set_ylabel("AUC")
    handles, labels = panels.flat[0].get_legend_handles_labels()
    columns = len(labels) if width is None else max(1, int(width / 1.6))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, frameon=False)
    return figure


def _draw(panel: Axes, study: Study, name: str) -> None:
    panel.axhline(0.5, color="#999999", linewidth=0.8, linestyle=":")
    for space in sorted({trial.space for trial in study.trials}):
        places = [place for place, trial in enumerate(study.trials) if trial.space == space]
        trials = [study.trials[place] for place in places]
        found = [trial.mean if name == "mean" else trial.cells[name] for trial in trials]
        shown = [(place, one) for place, one in zip(places, found, strict=True) if isinstance(one, Figures)]
        first = trials[0].candidate
        style: dict[str, Any] = {"color": COLOURS[space % len(COLOURS)], "markersize": 4, "capsize": 2}
        style["marker"] = _MARKERS[space % len(_MARKERS)]
        panel.errorbar(
            [place for place, _ in shown],
            [one.auc for _, one in shown],
            yerr=_bars([one for _, one in shown]),
            label=f"{first.detector} on {first.features}",
            **style,
        )
    labels = [_label(trial) for trial in study.trials]
    panel.set_xticks(range(len(labels)), labels, rotation=90, fontsize=8)
    panel.set_title(name if name != "mean" else "mean over ids", fontsize=8, loc="left")
    panel.grid(alpha=0.3, axis="y")


def _label(trial: Trial) -> str:
    """Return the label of a setting, one value per line."""
    return (trial.label or "default").replace(", ", "\n")


def _bars(found: Sequence[Figures]) -> NDArray[np.float64]:
    """Return how far the intervals reach below and above, shape (2, n)."""
    ends = [(one.auc - one.auc_ci[0], one.auc_ci[1] - one.auc) for one in found]
    bars: NDArray[np.float64] = np.maximum(np.reshape(ends, (-1, 2)), 0).T
    return bars


def _rows(trial: Trial) -> list[list[Any]]:
    candidate = trial.candidate
    head: list[Any] = [candidate.detector, candidate.features, trial.label]
    rows: list[list[Any]] = []
    for name, one in trial.cells.items():
        if isinstance(one, str):
            rows.append([*head, name, *[None] * 8, one])
        else:
            rows.append([*head, name, *_numbers(one), one.ids[0]["n_normal"], one.ids[0]["n_anomalous"], None])
    if trial.mean is not None and len(trial.cells) > 1:
        rows.append([*head, None, *_numbers(trial.mean), None, None, None])
    return rows


def _numbers(one: Figures) -> list[float]:
    return [one.auc, *one.auc_ci, one.pauc, *one.pauc_ci]


def _cell(one: Figures | str | None) -> str:
    return f"{one.auc:.3f} / {one.pauc:.3f}" if isinstance(one, Figures) else "-"
