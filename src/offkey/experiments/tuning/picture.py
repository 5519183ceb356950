"""The curve: what each parameter does to the figure that is chosen by, on the tuning part."""

from __future__ import annotations

import itertools
import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.experiments.measures import Figures, Metric
from offkey.experiments.space import Axis
from offkey.experiments.tuning.results import Trial, Tuned
from offkey.listing import listing
from offkey.pictures import COLOURS, SCREEN, PictureForm, fonts, new_figure, picture_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["METRIC_NAMES", "draw_curve"]

METRIC_NAMES = {Metric.AUC: "AUC", Metric.PAUC: "pAUC", Metric.MEAN: "mean of AUC and pAUC"}

_MOST_WITH_BARS = 4  # lines; the intervals of more cannot be told apart
_PANEL_IN = 2.6  # a panel on paper
_LONGEST = 18  # letters of a value; longer ones are cut


def draw_curve(tuned: Tuned, form: PictureForm = SCREEN) -> bytes | None:
    """Draw the figure of every candidate against each parameter that has several values.

    One parameter makes a line, two that were all combined a line for each value of the other, or, of three
    and more values each, a heat map; otherwise each parameter has a panel with a line for each combination
    of the others, or, where these are too many to tell apart or not all tried, a dot a candidate and a
    line through the best of each value.

    Returns: the content of a file; None if no parameter has several values.
    """
    with fonts(form):
        figure = _figure(tuned, form.width_in)
        return None if figure is None else picture_bytes(figure, form)


def _figure(tuned: Tuned, width: float | None) -> Figure | None:
    axes = [_sorted(axis) for axis in tuned.space.axes if len(axis.values) > 1]
    if not axes:
        return None
    curve = _Curve(tuned, axes)
    heat = len(axes) == 2 and min(len(axis.values) for axis in axes) > 2 and curve.complete
    if len(axes) == 2 and curve.complete:  # one panel shows both
        axes = [max(axes, key=lambda axis: len(axis.values))]
    n_panels = len(axes)
    across = n_panels if width is None else max(1, min(n_panels, int(width / _PANEL_IN)))
    down = math.ceil(n_panels / across)
    figure = new_figure(*((3.2 + 4.6 * n_panels, 4.6) if width is None else (width, _PANEL_IN * down)))
    grid = figure.subplots(down, across, squeeze=False, sharey=not heat)
    panels = list(grid.flat[:n_panels])
    for panel in grid.flat[n_panels:]:
        panel.set_axis_off()
    if heat:
        curve.draw_heat(panels[0])
    else:
        for panel, axis in zip(panels, axes, strict=True):
            curve.draw_lines(panel, axis)
            panel.legend(fontsize=8 if width is None else 7, frameon=False, loc="best")
        for row in grid:
            row[0].set_ylabel(f"{METRIC_NAMES[tuned.metric]}, tuning part")
    if width is None:  # a paper has a caption
        figure.suptitle(_title(tuned), fontsize=10, x=0.01, ha="left")
    return figure


class _Curve:
    """The candidates by the places of their values."""

    def __init__(self, tuned: Tuned, axes: list[Axis]) -> None:
        self.metric, self.axes = tuned.metric, axes
        self.default = tuned.trials[0]
        members = {candidate.key for candidate in tuned.space}
        self.points: dict[tuple[int, ...], Trial] = {}
        self.chosen: tuple[int, ...] | None = None
        for number, trial in enumerate(tuned.trials):
            if trial.candidate.key in members and trial.figures is not None:
                place = tuple(axis.values.index(axis.value_of(trial.candidate)) for axis in axes)
                self.points[place] = trial
                self.chosen = place if number == tuned.best else self.chosen

    @property
    def complete(self) -> bool:
        """Whether every combination was tried, and could be fitted."""
        return len(self.points) == math.prod(len(axis.values) for axis in self.axes)

    def draw_heat(self, panel: Axes) -> None:
        """Draw two parameters, the first upwards, with the figure written into each field."""
        from matplotlib.patches import Rectangle

        up, right = self.axes
        table = np.array(
            [[self.points[i, j].value(self.metric) for j in range(len(right.values))] for i in range(len(up.values))]
        )
        image = panel.imshow(table, origin="lower", aspect="auto", cmap="viridis")
        middle = (table.min() + table.max()) / 2
        for (i, j), value in np.ndenumerate(table):
            colour = "black" if value > middle else "white"
            panel.text(j, i, f"{value:.3f}", ha="center", va="center", fontsize=8, color=colour)
        if self.chosen is not None:
            i, j = self.chosen
            frame: Any = Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=COLOURS[1], linewidth=3)
            panel.add_patch(frame)
        panel.set_xticks(range(len(right.values)), [_text(value) for value in right.values])
        panel.set_yticks(range(len(up.values)), [_text(value) for value in up.values])
        panel.set_xlabel(f"{right.name} ({right.owner})")
        panel.set_ylabel(f"{up.name} ({up.owner})")
        assert panel.figure is not None  # noqa: S101 - it was just made for one
        panel.figure.colorbar(image, ax=panel, label=f"{METRIC_NAMES[self.metric]}, tuning part")

    def draw_lines(self, panel: Axes, axis: Axis) -> None:
        """Draw one parameter: a line for each combination of the others, or dots and the best of each value."""
        number = self.axes.index(axis)
        others = [other for other in self.axes if other is not axis]
        combinations = list(itertools.product(*(range(len(other.values)) for other in others)))
        shift = 0.0
        if self.complete and len(combinations) <= len(COLOURS):
            for k, combination in enumerate(combinations):
                places = [(*combination[:number], place, *combination[number:]) for place in range(len(axis.values))]
                bars = len(combinations) <= _MOST_WITH_BARS
                offset = 0.04 * (k - (len(combinations) - 1) / 2) if bars else 0.0  # the intervals lie side by side
                shift = offset if self.chosen in places else shift
                label = ", ".join(f"{o.name}={_text(o.values[p])}" for o, p in zip(others, combination, strict=True))
                self._line(panel, places, offset, COLOURS[k], label or "candidates", bars=bars)
        else:
            self._dots(panel, number)
        if self.default.figures is not None:
            panel.axhline(self.default.value(self.metric), color="black", linestyle="--", linewidth=1, label="default")
        if self.chosen is not None:
            value = self.points[self.chosen].value(self.metric)
            ring = {"s": 130, "facecolors": "none", "edgecolors": "black", "linewidths": 1.5, "zorder": 4}
            panel.scatter([self.chosen[number] + shift], [value], label="chosen", **ring)  # type: ignore[arg-type]
        panel.set_xticks(range(len(axis.values)), [_text(value) for value in axis.values])
        panel.set_xlim(-0.4, len(axis.values) - 0.6)
        panel.set_xlabel(f"{axis.name} ({axis.owner})")
        panel.grid(axis="y", alpha=0.3)

    def _line(
        self, panel: Axes, places: list[tuple[int, ...]], offset: float, colour: str, label: str, *, bars: bool
    ) -> None:
        found = [self.points[place] for place in places]
        values = np.array([trial.value(self.metric) for trial in found])
        at = np.arange(len(values)) + offset
        ends = [_interval(trial.figures, self.metric) for trial in found if trial.figures is not None]
        if bars and all(end is not None for end in ends):
            low, high = np.array(ends, float).T
            reach = np.maximum(0, [values - low, high - values])
            panel.errorbar(at, values, reach, color=colour, elinewidth=0.8, capsize=2, marker="o", ms=4, label=label)
        else:
            panel.plot(at, values, color=colour, marker="o", markersize=4, label=label)

    def _dots(self, panel: Axes, number: int) -> None:
        at = [place[number] for place in self.points]
        values = [trial.value(self.metric) for trial in self.points.values()]
        panel.scatter(at, values, s=16, color=COLOURS[0], alpha=0.5, label="candidates")
        best = {place: max(v for a, v in zip(at, values, strict=True) if a == place) for place in sorted(set(at))}
        panel.plot(list(best), list(best.values()), color=COLOURS[0], label="best of each value")


def _interval(figures: Figures | None, metric: Metric) -> tuple[float, float] | None:
    if figures is None or metric is Metric.MEAN:
        return None
    return figures.auc_ci if metric is Metric.AUC else figures.pauc_ci


def _sorted(axis: Axis) -> Axis:
    """Put numbers in ascending order; other values stay in the order given."""
    return Axis(axis.owner, axis.name, tuple(sorted(axis.values))) if axis.is_numeric else axis


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _title(tuned: Tuned) -> str:
    space = tuned.space
    reported = "; ".join(
        f"{report.name} {report.figures.by(tuned.metric):.3f}" for report in tuned.reports if report.name != "default"
    )
    default = next((report for report in tuned.reports if report.name == "default"), None)
    against = "" if default is None else f" against default {default.figures.by(tuned.metric):.3f}"
    return (
        f"{space.detector} on {space.features}, chosen on {names(tuned, 'tuning')}\n"
        f"report on {names(tuned, 'reporting')}: {reported}{against}"
    )


def names(tuned: Tuned, part: str) -> str:
    """Return the names of a part's ids, of many the first ones and their number."""
    found = list(dict.fromkeys(cell.title for cell in getattr(tuned.division, part)))
    return listing(found, 4 if len(found) <= 4 else 3)
