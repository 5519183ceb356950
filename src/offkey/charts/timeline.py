"""Scores over time, with the range of normal clips and the threshold, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from offkey.charts.frame import Axis, Frame, tick_text, ticks

__all__ = ["Moment", "timeline"]

_WIDE, _NARROW = (1160, 225), (420, 230)
_COLUMN = 2  # pixels, of which the highest score is drawn where there are more scores than columns
_APART = 22  # pixels between two ticks of the vertical axis
_GAP = 4.0  # times the usual distance, from which on a line is broken
_DECADES = (1, 2, 5)


@dataclass(frozen=True)
class Moment:
    """A score at a moment."""

    at: float  # seconds, or a number, from 0
    score: float
    anomalous: bool
    name: str


def timeline(
    title: str,
    moments: Sequence[Moment],
    *,
    normal: NDArray[np.float64],
    threshold: float,
    x_ticks: Sequence[tuple[float, str]],
    x_label: str,
    marked: tuple[float, float] | None = None,
    connected: bool = True,
    narrow: bool = False,
) -> Markup:
    """Return the scores of moments in their order.

    The scale is that of an inverse hyperbolic sine: about linear among normal scores, about logarithmic beyond the
    threshold, so that a score 50 times as high does not hide all others. Where there are more scores than columns of
    pixels, each column shows its highest score.

    `title`: for people who do not see the picture.
    `moments`: one or more, in the order of time.
    `normal`: shape (n,); scores of normal clips that were not learnt, in ascending order.
    `x_ticks`: places on the axis of time, with their texts.
    `marked`: a stretch of time to point out.
    `connected`: whether a line leads from each moment to the next.
    `narrow`: whether it is for the width of a telephone.
    """
    frame = Frame(*(_NARROW if narrow else _WIDE))
    scale = _Scale(float(np.median(normal)), threshold)
    scores = [moment.score for moment in moments]
    low, high = min(*scores, float(normal[0])), max(*scores, float(normal[-1]), threshold)
    down = frame.down(scale(low), scale(high))
    across = frame.across(0.0, moments[-1].at)
    left, right = across(0.0), across(moments[-1].at) if moments[-1].at else across.end
    parts = [] if marked is None else [frame.mark(across(marked[0]), across(marked[1]))]
    parts += frame.y_axis(_score_marks(low, high, threshold, scale, down), "anomaly score")
    parts += frame.x_axis([(across(at), text) for at, text in x_ticks], x_label)
    top, bottom = down(scale(float(normal[-1]))), down(scale(float(normal[0])))
    band = f'x="{left:.1f}" width="{right - left:.1f}" y="{top:.1f}" height="{bottom - top:.1f}"'
    parts.append(f'<rect class="band colour-normal" {band}/>')
    y = down(scale(threshold))
    parts.append(f'<line class="threshold" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
    return frame.svg(title, parts + _curve(moments, across, down, scale, connected=connected))


@dataclass(frozen=True)
class _Scale:
    """From scores to heights."""

    middle: float
    threshold: float

    def __call__(self, score: float) -> float:
        unit = self.threshold - self.middle
        return float(np.arcsinh((score - self.middle) / (unit if unit > 0 else 1.0)))


def _score_marks(low: float, high: float, threshold: float, scale: _Scale, down: Axis) -> list[tuple[float, str]]:
    """Return ticks of the scores: even ones among normal scores, steps of 1, 2 and 5 above the threshold."""
    top = max(threshold, low)
    values = ticks(low, min(top, high))
    if high > threshold > 0:
        decades = np.arange(np.floor(np.log10(threshold)), np.ceil(np.log10(high)) + 1)
        values += [step * 10.0**decade for decade in decades for step in _DECADES]
    elif high > threshold:
        values += ticks(threshold, high)
    marks: list[tuple[float, str]] = []
    for value in sorted({value for value in values if low <= value <= high}):
        y = down(scale(value))
        if not marks or marks[-1][0] - y >= _APART:
            marks.append((y, tick_text(value)))
    return marks


def _curve(moments: Sequence[Moment], across: Axis, down: Axis, scale: _Scale, *, connected: bool) -> list[str]:
    """Return the curve, and a dot for each score; those of anomalous clips tell their name and score."""
    shown = _highest_of_columns(moments, across)
    steps = np.diff([moment.at for moment in shown])
    most = _GAP * float(np.median(steps)) if len(steps) else 0.0
    pieces: list[list[str]] = [[]]
    dots = []
    for number, moment in enumerate(shown):
        x, y = across(moment.at), down(scale(moment.score))
        if number and steps[number - 1] > most:
            pieces.append([])
        pieces[-1].append(f"{x:.1f},{y:.1f}")
        kind, radius = ("anomaly", 3.2) if moment.anomalous else ("normal", 1.8)
        tip = f"<title>{escape(moment.name)}: {moment.score:.3g}</title>"
        dots.append(f'<circle class="dot colour-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{tip}</circle>')
    lines = [
        f'<polyline class="trace" points="{" ".join(piece)}"/>' for piece in pieces if connected and len(piece) > 1
    ]
    return lines + dots


def _highest_of_columns(moments: Sequence[Moment], across: Axis) -> list[Moment]:
    """Return the moments, of each column of pixels the highest where there are more than columns."""
    if len(moments) <= (across.end - across.start) / _COLUMN:
        return list(moments)
    highest: dict[int, Moment] = {}
    for moment in moments:
        column = int(across(moment.at) / _COLUMN)
        if column not in highest or moment.score > highest[column].score:
            highest[column] = moment
    return list(highest.values())
