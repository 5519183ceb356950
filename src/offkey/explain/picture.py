"""The picture of an explanation: the clip, where it departs from normal, what adds to its score, the nearest normal."""

from __future__ import annotations

from pathlib import PurePath
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.explain.explanation import Contributions, Explanation, Region
from offkey.pictures import COLOURS, diverging, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = [
    "FULL",
    "TICKS_HZ",
    "draw_bars",
    "figure_of",
    "level_limits",
    "mark_regions",
    "overlay",
    "place",
    "small_figure",
]

_HIGHER, _LOWER = COLOURS[1], COLOURS[0]
_INK, _SOFT = "#1d2327", "#5b6770"
_WIDTH_IN = 10.0
_SMALL_IN = (3.6, 0.83)
_NOTHING = 1.0  # standard deviations that are not coloured
_LETTERS = "ABC"
_AROUND = 1.0  # bands left free between a region and its frame
_LETTER_ROOM = 0.25  # of the height of the narrowest picture, which a letter takes

TICKS_HZ = (250, 500, 1000, 2000, 4000, 8000, 16000)
"""Frequencies that an axis of bands marks."""

FULL = 6.0
"""Standard deviations at which a colour is full."""


def figure_of(explanation: Explanation, *, bare: bool = False) -> Figure:
    """Return the figure for a screen, 10 inches wide; `bare` leaves its words to the page."""
    beside = explanation.nearest is not None and explanation.nearest.levels_db is not None
    heights = [1.0, 1.0, 0.32] + [1.0] * beside
    words = explanation.p_value_words
    text = fill(f"{explanation.sentence} {words[:1].upper()}{words[1:]}.", 145)
    words_in = 0.0 if bare else 0.55 + 0.19 * (text.count("\n") + 1)
    figure = new_figure(_WIDTH_IN, words_in + 2.25 * sum(heights))
    if not bare:
        _head(figure, explanation, text)
        figure.supxlabel(fill(explanation.method, 150), x=0.01, ha="left", fontsize=6.5, color=_SOFT)
    axes = figure.subplots(len(heights), 2, height_ratios=heights, width_ratios=(6, 1.25), squeeze=False)
    limits = level_limits(explanation.levels_db)
    _spectrogram(axes[0][0], explanation.levels_db, explanation, limits, "This clip, level in dB")
    _scale(axes[0][0], "magma", limits, [round(end) for end in limits])
    overlay(axes[1][0], explanation)
    _scale(axes[1][0], diverging(), (-FULL, FULL), [-FULL, 0, FULL])
    _band_bars(axes[1][1], explanation)
    draw_bars(axes[2][0], explanation)
    axes[2][0].set_title("each part adds to the score", fontsize=8, loc="left", color=_INK)
    axes[2][0].tick_params(labelsize=7)
    _timbre(axes[0][1], explanation)
    axes[2][1].set_axis_off()
    if beside:
        _beside(axes[3][0], explanation, limits)
        axes[3][1].set_axis_off()
    for row in axes[: -1 if beside else len(axes)]:
        row[0].tick_params(labelbottom=row[0] is axes[2][0])
    axes[2][0].set_xlabel("seconds", fontsize=8)
    return figure


def _head(figure: Figure, explanation: Explanation, text: str) -> None:
    room = "\n" * round(1.6 + 0.72 * (text.count("\n") + 1))
    figure.suptitle(
        f"{PurePath(explanation.file).name}: {explanation.decision}, score {explanation.score:.2f} "
        f"(threshold {explanation.threshold:.2f}){room}",
        x=0.01,
        ha="left",
        fontsize=11,
        fontweight="bold",
        color=_HIGHER if explanation.anomalous else _INK,
    )
    figure.text(0.01, 1 - 0.33 / figure.get_figheight(), text, fontsize=8.5, va="top", color=_INK, linespacing=1.35)


def level_limits(levels: NDArray[np.float32]) -> tuple[float, float]:
    """Return the levels at which the colours of a spectrogram begin and end."""
    high = float(np.percentile(levels, 99.8))
    return max(float(np.percentile(levels, 2)), high - 70), high


def _spectrogram(
    axes: Axes,
    levels: NDArray[np.float32],
    explanation: Explanation,
    limits: tuple[float, float],
    title: str,
    cmap: str = "magma",
) -> None:
    start = explanation.start_s
    extent = (start, start + (levels.shape[1] + 1) * explanation.frame_s, 0.0, float(len(levels)))
    axes.imshow(
        levels, origin="lower", aspect="auto", extent=extent, vmin=limits[0], vmax=limits[1], cmap=cmap, rasterized=True
    )
    axes.set_xlim(start, explanation.end_s)
    _frequency_axis(axes, explanation)
    axes.set_title(title, fontsize=9, loc="left", color=_INK)
    axes.tick_params(labelsize=8)


def _frequency_axis(axes: Axes, explanation: Explanation) -> None:
    ticks = [hz for hz in TICKS_HZ if hz < explanation.band_edges_hz[-1, 1]]
    axes.set_yticks([place(hz, explanation) for hz in ticks], [_hz(hz) for hz in ticks])
    axes.set_ylim(0, len(explanation.band_edges_hz))


def _hz(hz: int) -> str:
    return f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"


def place(hz: Any, explanation: Explanation) -> Any:
    """Return where frequencies lie on an axis of bands."""
    edges = np.append(explanation.band_edges_hz[:, 0], explanation.band_edges_hz[-1, 1])
    return np.interp(hz, edges, np.arange(len(edges)))


def small_figure(explanation: Explanation) -> Figure:
    """Return the deviations alone, without axes, for the size of a card."""
    figure = new_figure(*_SMALL_IN)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    overlay(axes, explanation)
    axes.set_axis_off()
    axes.set_title("", loc="left")
    return figure


def overlay(axes: Axes, explanation: Explanation) -> None:
    """Draw the spectrogram in grey, with red over louder and blue over quieter than normal."""
    from matplotlib.colors import to_rgba

    low, high = level_limits(explanation.levels_db)
    title = "Deviation from normal, in standard deviations"
    _spectrogram(axes, explanation.levels_db, explanation, (low, high + 25), title, cmap="Greys")
    deviations = explanation.deviations
    paint = np.where(deviations[:, :, None] > 0, to_rgba(_HIGHER), to_rgba(_LOWER))
    paint[:, :, 3] = np.clip((np.abs(deviations) - _NOTHING) / (FULL - _NOTHING), 0, 1) ** 0.6
    axes.imshow(paint, origin="lower", aspect="auto", extent=axes.images[0].get_extent(), rasterized=True)
    mark_regions(axes, explanation)


def mark_regions(axes: Axes, explanation: Explanation) -> None:
    """Frame the regions that hold most of the evidence, and name them A, B and C."""
    for letter, region in zip(_LETTERS, explanation.regions, strict=False):
        _frame(axes, explanation, region, letter)


def _scale(axes: Axes, colours: str | Colormap, ends: tuple[float, float], ticks: list[float]) -> None:
    """Draw the scale of an image's colours above it."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = axes.inset_axes((0.72, 1.035, 0.28, 0.045))
    image = ScalarMappable(Normalize(*ends), colours)
    bar = axes.figure.colorbar(image, cax=scale, orientation="horizontal", ticks=ticks)
    bar.outline.set_linewidth(0.4)
    scale.tick_params(labelsize=7, top=True, labeltop=True, bottom=False, labelbottom=False, length=2, pad=1)


def _frame(axes: Axes, explanation: Explanation, region: Region, letter: str) -> None:
    from matplotlib.patches import Rectangle

    low, high = place([region.low_hz, region.high_hz], explanation) + np.array([-_AROUND, _AROUND])
    for start, end in region.spans_s:
        frame = Rectangle((start, low), end - start, high - low, fill=False, edgecolor=_INK, linewidth=0.7)
        axes.add_patch(frame)
    bottom, top = axes.get_ylim()
    below = top - high < _LETTER_ROOM * (top - bottom)  # above the frame it would be cut off
    axes.annotate(
        letter,
        (region.spans_s[0][0], high),
        xytext=(2, -1.5 if below else 1.5),
        va="top" if below else "bottom",
        textcoords="offset points",
        fontsize=8,
        fontweight="bold",
        color=_INK,
        annotation_clip=True,
    )


def _band_bars(axes: Axes, explanation: Explanation) -> None:
    """Draw what each band adds to the score, beside the bands."""
    bands = explanation.bands
    edges = place(bands.edges, explanation)
    axes.barh(edges[:-1], bands.values, np.diff(edges), align="edge", color=_colours(bands), linewidth=0)
    axes.axvline(0, color=_SOFT, linewidth=0.6)
    axes.set_ylim(0, len(explanation.band_edges_hz))
    axes.set_yticks([])
    axes.set_title("each band adds" + (" (exact)" if bands.exact else ""), fontsize=8, loc="left", color=_INK)
    axes.tick_params(labelsize=7)
    axes.locator_params(axis="x", nbins=3)
    axes.spines[["top", "right", "left"]].set_visible(False)


def draw_bars(axes: Axes, explanation: Explanation) -> None:
    """Draw the share of each part of the time in the score, above the time."""
    times = explanation.times
    axes.bar(times.edges[:-1], times.values, np.diff(times.edges), align="edge", color=_colours(times), linewidth=0)
    axes.axhline(0, color=_SOFT, linewidth=0.6)
    axes.set_xlim(explanation.start_s, explanation.end_s)
    axes.locator_params(axis="y", nbins=3)
    axes.spines[["top", "right"]].set_visible(False)


def _colours(contributions: Contributions) -> list[str]:
    return [_HIGHER if value > 0 else "#b8c0c6" for value in contributions.values]


def _timbre(axes: Axes, explanation: Explanation) -> None:
    """Draw how far each measure of timbre lies from normal clips."""
    if not explanation.timbre:
        axes.set_axis_off()
        return
    rows = np.arange(len(explanation.timbre))[::-1]
    values = [float(np.clip(finding.deviation, -FULL, FULL)) for finding in explanation.timbre]
    axes.axvspan(-2, 2, color="#e6eaed", linewidth=0)
    axes.axvline(0, color=_SOFT, linewidth=0.6)
    colours = [_HIGHER if finding.word else _SOFT for finding in explanation.timbre]
    axes.scatter(values, rows, c=colours, s=22, zorder=3, clip_on=False)
    for row, finding, colour in zip(rows, explanation.timbre, colours, strict=True):
        axes.text(-FULL, row + 0.22, finding.measure, fontsize=7, color=colour, va="bottom")
    axes.set_xlim(-FULL, FULL)
    axes.set_ylim(-0.5, len(rows))
    axes.set_yticks([])
    axes.set_xticks([-FULL, 0, FULL])
    axes.tick_params(labelsize=7)
    axes.set_title("timbre, std. dev.", fontsize=8, loc="left", color=_INK)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _beside(axes: Axes, explanation: Explanation, limits: tuple[float, float]) -> None:
    nearest = explanation.nearest
    if nearest is None or nearest.levels_db is None:
        return
    title = f"Nearest of {nearest.among} normal clips: {PurePath(nearest.name).name}"
    _spectrogram(axes, nearest.levels_db, explanation, limits, title)
    axes.set_xlabel("seconds", fontsize=8)
