"""Line charts and bar charts as SVG, drawn on the server: no script, and colours from the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from offkey.charts.frame import Frame, marks, ticks

__all__ = ["Line", "bar_chart", "line_chart"]

_SMALL, _WIDE = (420, 200), (1160, 300)
_LOG_TICKS = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)


@dataclass(frozen=True)
class Line:
    """A line of a chart."""

    name: str
    y: Sequence[float]
    spread: Sequence[float] | None = None  # half the height of a band around it
    means: str = ""  # label ("normal", "anomaly", "unsure") that gives its colour; others are coloured in order


def line_chart(
    title: str,
    x: Sequence[float],
    lines: Sequence[Line],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    marked: Sequence[tuple[float, float]] = (),
    wide: bool = False,
) -> Markup:
    """Return lines over one axis.

    `title` is for people who do not see the picture. `x` ascends; with `log_x`, values up to 20 fall on the left end.
    `marked` are spans of the x axis to point out. A `wide` chart fills the page.
    """
    frame = Frame(*(_WIDE if wide else _SMALL))
    places = [_place(value, log_x) for value in x]
    spans = [np.asarray(line.spread if line.spread is not None else np.zeros(len(line.y)), float) for line in lines]
    ys = [np.asarray(line.y, float) for line in lines]
    low = min(float((y - s).min()) for y, s in zip(ys, spans, strict=True))
    high = max(float((y + s).max()) for y, s in zip(ys, spans, strict=True))
    high = high if high > low else low + 1
    across = frame.across(places[0], places[-1])
    down = frame.down(low, high)
    parts = [frame.mark(across(_place(a, log_x)), across(_place(b, log_x))) for a, b in marked]
    shown = [tick for tick in _LOG_TICKS if x[0] <= tick <= x[-1]] if log_x else []
    values = shown or ticks(float(x[0]), float(x[-1]))
    parts += frame.y_axis(marks(ticks(low, high), down), y_label)
    parts += frame.x_axis(marks(values, lambda value: across(_place(value, log_x))), x_label)
    for number, (line, y, span) in enumerate(zip(lines, ys, spans, strict=True)):
        colour = f"colour-{line.means or number}"
        at = [across(place) for place in places]
        if span.any():
            upper = [f"{a:.1f},{down(v):.1f}" for a, v in zip(at, y + span, strict=True)]
            lower = [f"{a:.1f},{down(v):.1f}" for a, v in zip(at, y - span, strict=True)]
            parts.append(f'<polygon class="band {colour}" points="{" ".join(upper + lower[::-1])}"/>')
        points = " ".join(f"{a:.1f},{down(v):.1f}" for a, v in zip(at, y, strict=True))
        parts.append(f'<polyline class="line {colour}" points="{points}"/>')
    return frame.svg(title, parts)


def bar_chart(title: str, edges: Sequence[float], counts: Sequence[int], *, x_label: str) -> Markup:
    """Return a histogram over evenly spaced edges; `title` is for people who do not see the picture."""
    frame = Frame(*_SMALL)
    across = frame.across(float(edges[0]), float(edges[-1]))
    highest = max(1, *counts)
    down = frame.down(0, highest)
    parts = frame.y_axis(marks(ticks(0, highest), down), "clips")
    parts += frame.x_axis(marks(ticks(float(edges[0]), float(edges[-1])), across), x_label)
    for left, right, n in zip(edges[:-1], edges[1:], counts, strict=True):
        x, width = across(left), max(0.5, across(right) - across(left) - 1)
        height = down(0) - down(n)
        tip = f"<title>{left:.4g} to {right:.4g}: {n}</title>"
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{down(n):.1f}" width="{width:.1f}" height="{height:.1f}">{tip}</rect>'
        )
    return frame.svg(title, parts)


def _place(value: float, log: bool) -> float:
    return float(np.log10(max(value, 20.0))) if log else float(value)
