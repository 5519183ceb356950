"""Line charts and bar charts as SVG, drawn on the server: no script, and colours from the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup

from offkey.web.rendering import MINUS

__all__ = ["Line", "bar_chart", "line_chart"]

_SMALL, _WIDE = (420, 200), (1160, 300)
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 20, 36
_LOG_TICKS = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)
_MOST_TICKS = 6


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
    frame = _Frame(*(_WIDE if wide else _SMALL))
    places = [_one(value, log_x) for value in x]
    spans = [np.asarray(line.spread if line.spread is not None else np.zeros(len(line.y)), float) for line in lines]
    ys = [np.asarray(line.y, float) for line in lines]
    low = min(float((y - s).min()) for y, s in zip(ys, spans, strict=True))
    high = max(float((y + s).max()) for y, s in zip(ys, spans, strict=True))
    high = high if high > low else low + 1
    across = frame.across(places[0], places[-1])
    down = frame.down(low, high)
    parts = [frame.mark(across(_one(a, log_x)), across(_one(b, log_x))) for a, b in marked]
    parts += frame.y_axis(low, high, down, y_label) + frame.x_axis(x, across, log_x, x_label)
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
    frame = _Frame(*_SMALL)
    across = frame.across(float(edges[0]), float(edges[-1]))
    highest = max(1, *counts)
    down = frame.down(0, highest)
    parts = frame.y_axis(0, highest, down, "clips") + frame.x_axis(edges, across, False, x_label)
    for left, right, n in zip(edges[:-1], edges[1:], counts, strict=True):
        x, width = across(left), max(0.5, across(right) - across(left) - 1)
        height = down(0) - down(n)
        tip = f"<title>{left:.4g} to {right:.4g}: {n}</title>"
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{down(n):.1f}" width="{width:.1f}" height="{height:.1f}">{tip}</rect>'
        )
    return frame.svg(title, parts)


@dataclass(frozen=True)
class _Axis:
    """From values to places in the picture."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.first) / ((self.last - self.first) or 1) * (self.end - self.start)


@dataclass(frozen=True)
class _Frame:
    """The frame around the data of a picture of a given size."""

    width: int
    height: int

    def across(self, first: float, last: float) -> _Axis:
        return _Axis(first, last, _LEFT, self.width - _RIGHT)

    def down(self, low: float, high: float) -> _Axis:
        return _Axis(high, low, _TOP, self.height - _BOTTOM)

    def mark(self, left: float, right: float) -> str:
        height = self.height - _TOP - _BOTTOM
        return f'<rect class="marked" x="{left:.1f}" y="{_TOP}" width="{max(2, right - left):.1f}" height="{height}"/>'

    def y_axis(self, low: float, high: float, down: _Axis, label: str) -> list[str]:
        parts = [f'<text class="label" x="4" y="12">{escape(label)}</text>']
        for tick in _ticks(low, high):
            y = down(tick)
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{self.width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<text class="tick end" x="{_LEFT - 6}" y="{y + 4:.1f}">{_text(tick)}</text>')
        return parts

    def x_axis(self, x: Sequence[float], across: _Axis, log: bool, label: str) -> list[str]:
        ticks = [tick for tick in _LOG_TICKS if x[0] <= tick <= x[-1]] if log else []
        parts = []
        for tick in ticks or _ticks(float(x[0]), float(x[-1])):
            at = across(_one(tick, log))
            parts.append(
                f'<text class="tick middle" x="{at:.1f}" y="{self.height - _BOTTOM + 16}">{_text(tick)}</text>'
            )
        middle = (_LEFT + self.width - _RIGHT) / 2
        return [*parts, f'<text class="label middle" x="{middle}" y="{self.height - 4}">{escape(label)}</text>']

    def svg(self, title: str, parts: Sequence[str]) -> Markup:
        box, label, inner = f"0 0 {self.width} {self.height}", escape(title, quote=True), "".join(parts)
        return Markup(f'<svg class="chart" viewBox="{box}" role="img" aria-label="{label}">{inner}</svg>')  # noqa: S704 - numbers and escaped text


def _ticks(low: float, high: float) -> list[float]:
    span = (high - low) or 1
    step = 10 ** np.floor(np.log10(span / _MOST_TICKS))
    step *= next(k for k in (1, 2, 5, 10) if span / (k * step) <= _MOST_TICKS)
    return [float(t) for t in np.arange(np.ceil(low / step) * step, high + step / 1e6, step)]


def _text(value: float) -> str:
    if abs(value) >= 1000 and value % 100 == 0:
        return f"{value / 1000:g}k"
    return f"{value:.6g}".replace("-", MINUS) if value else "0"


def _one(value: float, log: bool) -> float:
    return float(np.log10(max(value, 20.0))) if log else float(value)
