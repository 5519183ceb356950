"""The picture of an explanation for a paper: as wide as a column, with axes, units and colour bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offkey.explain.explanation import Explanation
from offkey.explain.picture import FULL, TICKS_HZ, draw_bars, level_limits, mark_regions, place
from offkey.pictures import diverging, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = ["paper_figure"]

_HEIGHTS_IN = (1.15, 2.2)  # lowest and highest panel
_BARS = 0.38  # height of the bars beside that of a spectrogram
_AROUND_IN = 0.7  # labels and gaps
_TICK_GAP_IN = 0.12  # letters of 7 points above one another


def paper_figure(explanation: Explanation, width: float) -> Figure:
    """Return the figure of an explanation without words of its own, which a caption gives: levels, deviations, bars.

    `width`: in inches. To be made and saved inside `offkey.pictures.fonts`.
    """
    panel_in = float(np.clip(0.4 * width, *_HEIGHTS_IN))
    figure = new_figure(width, panel_in * (2 + _BARS) + _AROUND_IN)
    axes = figure.subplots(3, 1, height_ratios=(1, 1, _BARS), sharex=True)
    levels, deviations = explanation.levels_db, explanation.deviations
    low, high = level_limits(levels)
    _image(axes[0], levels, explanation, (low, high), "magma", "Level (dB)")
    _image(axes[1], deviations, explanation, (-FULL, FULL), diverging(), "Deviation (SD)")
    mark_regions(axes[1], explanation)
    for panel in axes[:2]:
        _frequencies(panel, explanation, panel_in)
    draw_bars(axes[2], explanation)
    axes[2].set_ylabel("Added\nto score")
    axes[2].set_xlabel("Time (s)")
    figure.align_ylabels(axes)
    return figure


def _image(
    panel: Axes,
    table: NDArray[np.float32],
    explanation: Explanation,
    limits: tuple[float, float],
    cmap: str | Colormap,
    unit: str,
) -> None:
    """Draw a table of bands and frames, with its colour bar."""
    start = explanation.start_s
    extent = (start, start + (table.shape[1] + 1) * explanation.frame_s, 0.0, float(len(table)))
    image = panel.imshow(
        table, origin="lower", aspect="auto", extent=extent, vmin=limits[0], vmax=limits[1], cmap=cmap, rasterized=True
    )
    below, above = bool(table.min() < limits[0]), bool(table.max() > limits[1])
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    assert panel.figure is not None  # noqa: S101 - it was just made for one
    bar = panel.figure.colorbar(image, ax=panel, label=unit, extend=extend[below, above], pad=0.02, aspect=14)
    bar.outline.set_linewidth(0.5)
    if limits == (-FULL, FULL):
        bar.set_ticks([-FULL, -FULL / 2, 0, FULL / 2, FULL])


def _frequencies(panel: Axes, explanation: Explanation, height_in: float) -> None:
    """Mark frequencies in kHz, as many as have room."""
    n_bands = len(explanation.band_edges_hz)
    shown: list[int] = []
    for hz in (hz for hz in reversed(TICKS_HZ) if hz < explanation.band_edges_hz[-1, 1]):
        gap = (place(shown[-1], explanation) - place(hz, explanation)) * height_in / n_bands if shown else np.inf
        shown += [hz] if gap >= _TICK_GAP_IN else []
    panel.set_yticks([place(hz, explanation) for hz in shown], [f"{hz / 1000:g}" for hz in shown])
    panel.set_ylim(0, n_bands)
    panel.set_ylabel("Frequency (kHz)")
